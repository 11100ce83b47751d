import type { Reporter, TestModule } from 'vitest/node';

/** In CI a test that was skipped is a test that is missing. */
export default class NoSkips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    for (const { fullName, module } of skipped) {
      console.error(`Skipped in CI: ${module.relativeModuleId}: ${fullName}`);
    }
    if (skipped.length > 0) process.exitCode = 1;
  }
}
