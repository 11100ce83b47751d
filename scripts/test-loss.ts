/** `npm run test:loss`: the tests of loss with as many webhooks as docs/webhooks.md promises; `npm test` sends fewer. */
import { spawnSync } from 'node:child_process';

const files = ['tests/faults/webhooks-postgres.test.ts', 'tests/faults/webhooks-redis.test.ts'];
const { status } = spawnSync(
  'npx',
  ['--no-install', 'vitest', 'run', '--no-file-parallelism', ...files],
  {
    env: { COUNTERSIGN_LOSS_WEBHOOKS: '20000', ...process.env },
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
