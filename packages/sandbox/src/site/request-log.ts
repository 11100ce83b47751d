import type { DatabaseSync } from 'node:sqlite';
import type { Explanation } from './explanation.ts';
import type { FaultKind } from './fault-rule.ts';
import { redact } from './redact.ts';

export interface Check {
  name: string;
  passed: boolean;
  detail: string;
}

/** What the site made of a request, in plain words. The HTTP answer never says this much. */
export interface Verdict {
  authenticated: boolean;
  as: 'app' | 'user' | 'anonymous';
  reason: string;
  checks: Check[];
  /** The canonical request that the query string hash was compared with. */
  canonicalRequest?: string;
}

export interface RequestRecord {
  id: number;
  /** ISO 8601. */
  at: string;
  /** `inbound`: a call to the site. `callback`: a lifecycle event or a Forge invocation that the site sent to an app. */
  direction: 'inbound' | 'callback';
  method: string;
  /** With the query; the value of `jwt` and anything like a token is taken out. */
  path: string;
  /** The app that called or was called. Of a refused call: the one that its token names, which is proved by nothing. */
  appKey?: string;
  /** What the caller got. 0 where there was no answer. */
  status: number;
  durationMs: number;
  verdict: Verdict;
  /** The fault that met the call. `answered` is the status that it was handled with, where it was. */
  fault?: { kind: FaultKind; answered?: number };
}

/** What the page of one request shows besides the record. */
export interface RefusalNotes {
  /** What to do, where the token is not what is wrong. */
  fix?: string;
  explanation?: Explanation;
  /** Of an invocation that Forge sent to a remote. */
  exchange?: Exchange;
}

/** What an invocation brought to the remote, and what came back. Tokens are not in it. */
export interface Exchange {
  sent: { headers: Record<string, string>; claims: Record<string, unknown>; body?: string };
  answered: { status: number; headers: Record<string, string>; body: string };
}

/** A record with its notes and its neighbours. */
export interface LoggedRequest {
  record: RequestRecord;
  notes: RefusalNotes;
  olderId?: number;
  newerId?: number;
}

/** Older records are forgotten. */
const keptRequests = 1000;

export class RequestLog {
  readonly #database: DatabaseSync;
  readonly #secrets: () => string[];

  constructor(database: DatabaseSync, secrets: () => string[]) {
    this.#database = database;
    this.#secrets = secrets;
  }

  add(entry: Omit<RequestRecord, 'id'>, notes: RefusalNotes = {}): RequestRecord {
    const clean = redact({ entry, notes }, this.#secrets());
    const text = Object.keys(notes).length === 0 ? null : JSON.stringify(clean.notes);
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO request (record, notes) VALUES (?, ?)')
      .run(JSON.stringify(clean.entry), text);
    const id = Number(lastInsertRowid);
    this.#database.prepare('DELETE FROM request WHERE id <= ?').run(id - keptRequests);
    return { id, ...clean.entry };
  }

  /** Oldest first; with `after`, those that came later than that record. */
  list(after = 0): RequestRecord[] {
    return this.#database
      .prepare('SELECT id, record FROM request WHERE id > ? ORDER BY id')
      .all(after)
      .map(toRecord);
  }

  find(id: number): LoggedRequest | undefined {
    const row = this.#database
      .prepare(
        `SELECT id, record, notes,
           (SELECT max(id) FROM request WHERE id < current.id) AS older,
           (SELECT min(id) FROM request WHERE id > current.id) AS newer
         FROM request AS current WHERE id = ?`,
      )
      .get(id);
    if (!row) return undefined;
    return {
      record: toRecord(row),
      notes: row.notes === null ? {} : (JSON.parse(String(row.notes)) as RefusalNotes),
      ...(row.older === null ? {} : { olderId: Number(row.older) }),
      ...(row.newer === null ? {} : { newerId: Number(row.newer) }),
    };
  }
}

function toRecord(row: Record<string, unknown>): RequestRecord {
  return { id: Number(row.id), ...JSON.parse(String(row.record)) } as RequestRecord;
}
