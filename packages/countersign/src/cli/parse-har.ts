import { credentialOf, type SentRequest } from './sent-request.ts';

const MAX_BODY_LENGTH = 1_048_576;

/** Every request of a HAR, in its order; undefined when the text is no HAR. It throws nothing. */
export function parseHar(text: string): SentRequest[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\u{feff}/u, ''));
  } catch {
    return undefined;
  }
  const entries = entriesOf(parsed);
  if (entries === undefined) return undefined;
  const requests = entries.flatMap(readEntry);
  return requests.map((request, index) => ({
    ...request,
    entry: { number: index + 1, of: requests.length },
  }));
}

/** The one to look at: the first that was refused and has a token, else the first with a token. */
export function pickRequest(requests: readonly SentRequest[]): SentRequest | undefined {
  const withToken = requests.filter(({ credential }) => credential !== '');
  return (
    withToken.find(({ status = 0 }) => status >= 400) ??
    withToken[0] ??
    (requests.length === 1 ? requests[0] : undefined)
  );
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A whole HAR, its log, its entries, or one of them. */
function entriesOf(parsed: unknown): unknown[] | undefined {
  if (Array.isArray(parsed))
    return parsed.some((item) => fieldsOf(item).request) ? parsed : undefined;
  const fields = fieldsOf(parsed);
  const { entries } = fields.log === undefined ? fields : fieldsOf(fields.log);
  if (Array.isArray(entries)) return entries;
  return fields.request === undefined ? undefined : [parsed];
}

function readEntry(entry: unknown): SentRequest[] {
  const { request, response, startedDateTime } = fieldsOf(entry);
  const { method, url, headers, postData } = fieldsOf(request);
  const address = textOf(url);
  if (address === undefined) return [];
  const answer = fieldsOf(response);
  const answerHeaders = headersOf(answer.headers);
  const serverDate = headerNamed(answerHeaders, 'date');
  const answerText = textOf(fieldsOf(answer.content).text)?.slice(0, 65_536);
  const body = textOf(fieldsOf(postData).text)?.slice(0, MAX_BODY_LENGTH);
  const sent = headersOf(headers);
  const authorizations = sent
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => value);
  const credential = credentialOf(authorizations, address);
  const sentAt = Date.parse(textOf(startedDateTime) ?? '');
  return [
    {
      kind: 'har',
      credential,
      method: textOf(method) ?? 'GET',
      url: address,
      ...(body === undefined ? {} : { body }),
      ...(serverDate === undefined ? {} : { serverDate }),
      ...(Number.isNaN(sentAt) ? {} : { sentAt }),
      ...(typeof answer.status === 'number' && answer.status > 0 ? { status: answer.status } : {}),
      answerHeaders,
      ...(answerText === undefined ? {} : { answerText }),
      notes:
        credential === ''
          ? [
              'The HAR has no Authorization header here. Browsers leave it out of a HAR unless it is exported "with sensitive data".',
            ]
          : [],
    },
  ];
}

function headersOf(value: unknown): [string, string][] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((header): [string, string][] => {
    const { name, value: text } = fieldsOf(header);
    return typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [];
  });
}

function headerNamed(headers: readonly [string, string][], name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1];
}
