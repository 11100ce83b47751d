import { failure, type RestError } from './errors.ts';

export interface Clause {
  field: ClauseField;
  operator: Operator;
  values: string[];
}

export interface Query {
  clauses: Clause[];
  orderBy: { field: string; descending: boolean }[];
}

type ClauseField = 'project' | 'key' | 'issuetype' | 'status' | 'summary' | 'assignee' | 'reporter';
type Operator = '=' | '!=' | '~' | '!~' | 'in' | 'not in';

const fieldNames: Record<string, ClauseField> = {
  project: 'project',
  key: 'key',
  issue: 'key',
  issuekey: 'key',
  id: 'key',
  issuetype: 'issuetype',
  type: 'issuetype',
  status: 'status',
  summary: 'summary',
  assignee: 'assignee',
  reporter: 'reporter',
};

const orderFields = ['key', 'created', 'updated', 'status', 'summary', 'project', 'priority'];

interface Token {
  kind: 'word' | 'text' | 'sign';
  text: string;
  at: number;
}

/** Parses the part of JQL that the site knows: clauses joined with AND, and ORDER BY. */
export function parseJql(jql: string): Query {
  const tokens = new TokenReader(tokenize(jql));
  const clauses: Clause[] = [];
  if (!tokens.done() && !tokens.isWord('order')) {
    clauses.push(readClause(tokens));
    while (tokens.takeWord('and')) clauses.push(readClause(tokens));
  }
  const orderBy = readOrder(tokens);
  const rest = tokens.peek();
  if (rest?.kind === 'word' && rest.text.toLowerCase() === 'or') {
    throw failure(400, "Error in the JQL Query: the sandbox does not know the operator 'OR'.");
  }
  if (rest) throw unexpected(rest, "Expecting either 'OR' or 'AND'");
  return { clauses, orderBy };
}

function readClause(tokens: TokenReader): Clause {
  const name = tokens.take();
  if (!name) throw atEnd('Expecting a field name');
  if (name.kind === 'sign') throw unexpected(name, 'Expecting a field name');
  const field = fieldNames[name.text.toLowerCase()];
  if (!field) {
    throw failure(
      400,
      `Field '${name.text}' does not exist or you do not have permission to view it.`,
    );
  }
  const operator = readOperator(tokens);
  if ((field === 'summary') !== operator.includes('~')) {
    throw failure(400, `The operator '${operator}' is not supported by the '${field}' field.`);
  }
  const isList = operator === 'in' || operator === 'not in';
  return { field, operator, values: isList ? readValues(tokens) : [readValue(tokens)] };
}

function readOperator(tokens: TokenReader): Operator {
  const token = tokens.take();
  if (!token) throw atEnd('Expecting an operator');
  const word = token.text.toLowerCase();
  if (token.kind === 'word' && word === 'in') return 'in';
  if (token.kind === 'word' && word === 'not' && tokens.takeWord('in')) return 'not in';
  if (token.kind === 'sign' && ['=', '!=', '~', '!~'].includes(word)) return word as Operator;
  throw unexpected(token, "Expecting an operator ('=', '!=', '~', '!~', 'in', 'not in')");
}

function readValues(tokens: TokenReader): string[] {
  tokens.expectSign('(');
  const values = [readValue(tokens)];
  while (tokens.takeSign(',')) values.push(readValue(tokens));
  tokens.expectSign(')');
  return values;
}

function readValue(tokens: TokenReader): string {
  const token = tokens.take();
  if (!token) throw atEnd('Expecting a value');
  if (token.kind === 'sign') throw unexpected(token, 'Expecting a value');
  if (token.kind === 'word' && tokens.takeSign('(')) {
    tokens.expectSign(')');
    return `${token.text}()`;
  }
  return token.text;
}

function readOrder(tokens: TokenReader): Query['orderBy'] {
  if (!tokens.takeWord('order')) return [];
  if (!tokens.takeWord('by')) throw atEnd("Expecting 'by' after 'order'");
  const orderBy: Query['orderBy'] = [];
  do {
    const token = tokens.take();
    if (!token) throw atEnd('Expecting a field name');
    const field = token.text.toLowerCase() === 'issuekey' ? 'key' : token.text.toLowerCase();
    if (!orderFields.includes(field)) {
      throw failure(
        400,
        `Field '${token.text}' does not exist or you do not have permission to view it.`,
      );
    }
    const descending = tokens.takeWord('desc');
    if (!descending) tokens.takeWord('asc');
    orderBy.push({ field, descending });
  } while (tokens.takeSign(','));
  return orderBy;
}

function tokenize(jql: string): Token[] {
  const pattern = /\s+|(["'])((?:\\.|(?!\1)[^\\])*)\1|(!=|!~|[=~(),])|([^\s"'=~!(),]+)/gy;
  const tokens: Token[] = [];
  let at = 0;
  while (at < jql.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(jql);
    if (!match) {
      throw failure(
        400,
        `Error in the JQL Query: The character '${jql[at]}' is a reserved JQL character. You must enclose it in a string. (line 1, character ${at + 1})`,
      );
    }
    const [whole, , quoted, sign, word] = match;
    if (quoted !== undefined) {
      tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1'), at });
    } else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    at += whole.length;
  }
  return tokens;
}

class TokenReader {
  readonly #tokens: Token[];
  #next = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  done(): boolean {
    return this.#next >= this.#tokens.length;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  take(): Token | undefined {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  isWord(word: string): boolean {
    const token = this.peek();
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  }

  takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.#next += 1;
    return found;
  }

  takeSign(sign: string): boolean {
    const token = this.peek();
    const found = token?.kind === 'sign' && token.text === sign;
    if (found) this.#next += 1;
    return found;
  }

  expectSign(sign: string): void {
    const token = this.peek();
    if (this.takeSign(sign)) return;
    throw token ? unexpected(token, `Expecting '${sign}'`) : atEnd(`Expecting '${sign}'`);
  }
}

function unexpected(token: Token, expectation: string): RestError {
  return failure(
    400,
    `Error in the JQL Query: ${expectation} but got '${token.text}'. (line 1, character ${token.at + 1})`,
  );
}

function atEnd(expectation: string): RestError {
  return failure(400, `Error in the JQL Query: ${expectation} before the end of the query.`);
}
