import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
    // Examples and end-to-end tests use the built packages, by name, as a user does.
    globalSetup: ['tests/build.setup.ts'],
    reporters: process.env.CI ? ['default', './tests/no-skips.reporter.ts'] : ['default'],
    // Most tests wait for a server or a process now and then; Vitest would leave one core of two idle.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
