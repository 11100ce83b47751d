import { type Counter, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api';
import { VERSION } from '../version.ts';

/** What is counted and measured. */
export interface Instruments {
  readonly duration: Histogram;
  readonly calls: Counter;
  readonly retries: Counter;
  readonly refusals: Counter;
}

/**
 * As the convention of the metric advises, in seconds.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration
 */
const DURATION_BOUNDARIES = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

export function createInstruments(meterProvider: MeterProvider | undefined): Instruments {
  const meter = (meterProvider ?? metrics.getMeterProvider()).getMeter('countersign', VERSION);
  return {
    duration: meter.createHistogram('http.client.request.duration', {
      description: 'Duration of HTTP client requests.',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
    }),
    calls: meter.createCounter('countersign.jira.calls', {
      description: 'Calls of Jira, each with all its tries.',
      unit: '{call}',
    }),
    retries: meter.createCounter('countersign.jira.retries', {
      description: 'Tries of calls after their first.',
      unit: '{retry}',
    }),
    refusals: meter.createCounter('countersign.jira.refusals', {
      description: 'Calls that Jira answered with 400 or above.',
      unit: '{refusal}',
    }),
  };
}
