#!/usr/bin/env node
import { runCommandLine } from './run.ts';

// Whoever reads the output may have seen enough: `countersign … | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.exit(3);
  });
}
// Node 22 calls its own SQLite experimental on each start.
process.removeAllListeners('warning');

process.exitCode = await runCommandLine(process.argv.slice(2), {
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  env: process.env,
});
