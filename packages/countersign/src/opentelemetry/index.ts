import {
  type Attributes,
  context,
  type MeterProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { refuseUnknownOptions } from '../errors.ts';
import type { CallInfo, CallSpan, JiraTelemetry } from '../jira/telemetry.ts';
import { VERSION } from '../version.ts';
import type { WebhookTelemetry } from '../webhooks/telemetry.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { routeTemplate } from './route-template.ts';
import { webhookTelemetry } from './webhooks.ts';

export type { CallInfo, CallSpan, JiraTelemetry } from '../jira/telemetry.ts';
export type { HandlingResult, IntakeResult, WebhookTelemetry } from '../webhooks/telemetry.ts';

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /** Default: the global one. */
  tracerProvider?: TracerProvider;
  /** Default: the global one, as it is at the first call. */
  meterProvider?: MeterProvider;
}

const OPTIONS: ReadonlySet<string> = new Set(['tracerProvider', 'meterProvider']);

/**
 * Those of RFC 9110 and PATCH; a name that is not among them is reported as `_OTHER`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'],
]);

/**
 * Reports calls of Jira to OpenTelemetry: one client span a call, with all its tries, and metrics; and metrics of webhooks
 * and their queue. Nothing that it reports holds a query, a body, a credential or an accountId. Give it to createApp as
 * `telemetry`.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function openTelemetry(
  options: OpenTelemetryOptions = {},
): JiraTelemetry & Required<WebhookTelemetry> {
  refuseUnknownOptions('openTelemetry', options, OPTIONS);
  const tracer = (options.tracerProvider ?? trace).getTracer('countersign', VERSION);
  let instruments: Instruments | undefined;
  return {
    ...webhookTelemetry(options.meterProvider),
    async call(info, run) {
      instruments ??= createInstruments(options.meterProvider);
      const described = describe(info);
      const span = tracer.startSpan(described.name, {
        kind: SpanKind.CLIENT,
        attributes: described.ofSpan,
      });
      const report = createReport(span, instruments, described.ofMetrics);
      try {
        return await context.with(trace.setSpan(context.active(), span), () => run(report.span));
      } catch (error) {
        report.threw();
        throw error;
      } finally {
        report.end();
      }
    },
  };
}

/** What is known of a call before it is made. */
interface Described {
  readonly name: string;
  readonly ofSpan: Attributes;
  readonly ofMetrics: { readonly duration: Attributes; readonly counters: Attributes };
}

function describe({ method, url: text, clientKey, host }: CallInfo): Described {
  const url = new URL(text);
  const template = routeTemplate(url.pathname);
  const isKnown = KNOWN_METHODS.has(method);
  const request = {
    'http.request.method': isKnown ? method : '_OTHER',
    'url.template': template,
  };
  const server = {
    'server.address': url.hostname.replace(/^\[|\]$/g, ''),
    'server.port': url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
  };
  return {
    name: `${isKnown ? method : 'HTTP'} ${template}`,
    ofSpan: {
      ...request,
      ...server,
      ...(isKnown ? undefined : { 'http.request.method_original': method }),
      // Without what a URL may hold besides: credentials, a query, a fragment.
      'url.full': `${url.origin}${url.pathname}`,
      'countersign.host': host,
      ...(clientKey === undefined ? undefined : { 'countersign.installation.id': clientKey }),
    },
    ofMetrics: {
      duration: { ...request, ...server },
      counters: { ...request, 'countersign.host': host },
    },
  };
}

interface Report {
  readonly span: CallSpan;
  /** The call ended with an error. */
  threw(): void;
  end(): void;
}

function createReport(
  span: Span,
  instruments: Instruments,
  { duration, counters }: Described['ofMetrics'],
): Report {
  const startedAt = performance.now();
  let status: number | undefined;
  let cause: string | undefined;
  let failure: string | undefined;
  let resent = 0;
  return {
    span: {
      response(answered, tries) {
        status = answered;
        resent = tries - 1;
      },
      retry(reason, delayMs) {
        // The answer before it, if there was one, is not that of the call.
        status = undefined;
        resent += 1;
        instruments.retries.add(1, { ...counters, 'countersign.retry.reason': reason });
        span.addEvent('countersign.retry', {
          'countersign.retry.reason': reason,
          'countersign.retry.delay': delayMs / 1000,
        });
      },
      refused(answered, found) {
        status = answered;
        cause = found;
        // An answer that is refused although its status is good: Jira took no notice of the credentials.
        if (answered < 400) failure = found ?? '_OTHER';
      },
      failed(code) {
        failure = code;
      },
    },
    threw() {
      failure ??= status === undefined || status < 400 ? '_OTHER' : undefined;
    },
    end() {
      const isRefused = status !== undefined && status >= 400;
      const errorType = failure ?? (isRefused ? String(status) : undefined);
      const outcome: Attributes = {
        ...(status === undefined ? undefined : { 'http.response.status_code': status }),
        ...(errorType === undefined ? undefined : { 'error.type': errorType }),
      };
      span.setAttributes(outcome);
      if (resent > 0) span.setAttribute('http.request.resend_count', resent);
      if (cause !== undefined) span.setAttribute('countersign.cause', cause);
      if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      const seconds = (performance.now() - startedAt) / 1000;
      instruments.duration.record(seconds, { ...duration, ...outcome });
      instruments.calls.add(1, { ...counters, ...outcome });
      if (isRefused || cause !== undefined) {
        instruments.refusals.add(1, {
          ...counters,
          ...outcome,
          ...(cause === undefined ? undefined : { 'countersign.cause': cause }),
        });
      }
      span.end();
    },
  };
}
