import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/longest-first.sequencer.ts';

// Hundreds of processes are started, most of them from the sources: what they compiled is kept for the next one.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
    // Examples and end-to-end tests use the built packages, by name, as a user does.
    globalSetup: ['tests/build.setup.ts'],
    reporters: process.env.CI ? ['default', './tests/no-skips.reporter.ts'] : ['default'],
    // Most tests wait for a server or a process now and then; Vitest would leave one core of two idle.
    maxWorkers: 5,
    // What takes longest begins first, so that no worker is left alone with it at the end.
    sequence: { sequencer: LongestFirst },
    // Files of one worker share its modules: loading them anew for each file took a tenth of the time. So what a file
    // sets for the whole process, it puts back, and a module of test support has no hooks of its own.
    isolate: false,
    // Imports of packages and of Node itself are what Node makes of them, without a Proxy at every use.
    deps: { interopDefault: false },
    // The schemas of jira.js then know no key and no value that they do not list; it reads this when it is loaded.
    env: { AUDIT_SCHEMAS: 'true' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
