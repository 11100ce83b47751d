import { type MeterProvider, metrics } from '@opentelemetry/api';
import { WEBHOOK_EVENTS } from '../connect/descriptor/words.ts';
import { VERSION } from '../version.ts';
import type { WebhookTelemetry } from '../webhooks/telemetry.ts';

const KNOWN: ReadonlySet<string> = new Set(WEBHOOK_EVENTS);
const DURATION_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Retries go on for a quarter of an hour. */
const WAIT_BOUNDARIES = [0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600];

/** Counts and measures webhooks. No metric names an installation: there may be any number of them. */
export function webhookTelemetry(provider: MeterProvider | undefined): Required<WebhookTelemetry> {
  let known: ReturnType<typeof createInstruments> | undefined;
  const instruments = () => {
    known ??= createInstruments(provider);
    return known;
  };
  return {
    taken(event, result, durationMs) {
      const attributes = { ...eventAttribute(event), 'countersign.webhook.result': result };
      instruments().taken.add(1, attributes);
      instruments().intake.record(durationMs / 1000, attributes);
    },
    handled(event, result, durationMs, waitedMs) {
      const attributes = { ...eventAttribute(event), 'countersign.webhook.result': result };
      instruments().handled.add(1, attributes);
      instruments().handling.record(durationMs / 1000, attributes);
      instruments().wait.record(Math.max(0, waitedMs) / 1000, eventAttribute(event));
    },
    watchQueue(counts) {
      const { queue } = instruments();
      const observe: Parameters<typeof queue.addCallback>[0] = async (result) => {
        try {
          for (const [state, count] of Object.entries(await counts())) {
            result.observe(count, { 'countersign.queue.state': state });
          }
        } catch {
          // A queue that is away has no counts; /health/ready says so.
        }
      };
      queue.addCallback(observe);
      return () => queue.removeCallback(observe);
    },
  };
}

/** The name comes from a body: others than the documented ones would make any number of series. */
function eventAttribute(event: string | undefined): Record<string, string> {
  if (event === undefined) return {};
  const isForge = event.startsWith('avi:');
  const name = KNOWN.has(event) ? event : isForge ? 'avi' : '_OTHER';
  return { 'countersign.webhook.event': name };
}

function createInstruments(provider: MeterProvider | undefined) {
  const meter = (provider ?? metrics.getMeterProvider()).getMeter('countersign', VERSION);
  const duration = (name: string, description: string, boundaries: number[]) =>
    meter.createHistogram(name, {
      ...{ description, unit: 's' },
      advice: { explicitBucketBoundaries: boundaries },
    });
  return {
    taken: meter.createCounter('countersign.webhooks.taken', {
      description: 'Webhooks that were answered.',
      unit: '{webhook}',
    }),
    intake: duration(
      'countersign.webhooks.intake.duration',
      'From the arrival of a webhook to its answer.',
      DURATION_BOUNDARIES,
    ),
    handled: meter.createCounter('countersign.webhooks.handled', {
      description: 'Tries of handling a webhook.',
      unit: '{try}',
    }),
    handling: duration(
      'countersign.webhooks.handling.duration',
      'How long a try took.',
      DURATION_BOUNDARIES,
    ),
    wait: duration(
      'countersign.webhooks.wait.duration',
      'From the arrival of a webhook to the begin of a try.',
      WAIT_BOUNDARIES,
    ),
    queue: meter.createObservableGauge('countersign.queue.deliveries', {
      description: 'Deliveries in the queue, over all processes.',
      unit: '{delivery}',
    }),
  };
}
