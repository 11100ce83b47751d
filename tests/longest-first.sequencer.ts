import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Vitest goes by the size of a file where it has no times of an earlier run. These are small, and wait for processes. */
const LONG = [
  /diagnosis\/fuzz/,
  /tests\/create/,
  /tests\/faults/,
  /tests\/(?:pages|e2e|package|operations|deploy)/,
  /import\/ace/,
  /(?:installations\/(?:sql|key-value)|webhooks\/(?:pg-boss|bullmq))/,
  /fuzz|test\/cli|sandbox\/test\/(?:cli|forge-events|search|state)|jira-js|http\/adapters|install-keys/,
];

function rank({ moduleId }: TestSpecification): number {
  const found = LONG.findIndex((pattern) => pattern.test(moduleId));
  return found === -1 ? LONG.length : found;
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
