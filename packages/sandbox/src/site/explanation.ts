/**
 * Why a request was refused, for people. It is made after the verdict and never has a part in it: what makes it is
 * handed to the site from outside, and nothing here knows that library.
 */
export interface Explanation {
  verdict: {
    /** A stable id, `CS-…`; undefined where nothing known fits. */
    cause: string | undefined;
    ok: boolean;
    title: string;
    evidence: string;
    fix: string;
    docs: string;
    confidence: 'certain' | 'likely' | 'none';
  };
  checks: ExplainedCheck[];
  ruledOut: string[];
  /** Decoded, and without the signature. */
  token?: { header: Record<string, unknown>; claims: Record<string, unknown> };
  canonicalRequest?: { expected: string; hashed?: string };
}

export interface ExplainedCheck {
  id: string;
  title: string;
  result: 'passed' | 'failed' | 'impossible';
  detail: string;
  /** Of an impossible check: the names of the inputs that it needs. */
  missing?: string[];
}

/** What is at hand about one token. */
export interface Evidence {
  /** The token, or a whole Authorization header. */
  token: string;
  method?: string;
  url?: string;
  baseUrl?: string;
  body?: string;
  direction?: 'to-jira' | 'from-jira';
  /** What the credential is meant to be, where that is known. */
  credential?: 'connect-user';
  accept?: readonly ('request' | 'context')[];
  lifecycle?: boolean;
  sharedSecret?: string;
  previousSecrets?: readonly string[];
  publicKey?: string;
  appKey?: string;
  clientKey?: string;
  installations?: readonly { appKey: string; siteUrl: string; sharedSecret: string }[];
  now: () => number;
}

export type Explain = (evidence: Evidence) => Explanation;
