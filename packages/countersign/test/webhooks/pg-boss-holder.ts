import { QUICK, queueOn } from './pg-boss-queue.ts';

/** A process that takes deliveries of the queue named on its command line and never ends one: pg-boss.test.ts kills it. */
const [url = '', name = ''] = process.argv.slice(2);
queueOn(url, name, QUICK, () => {
  process.stdout.write('held\n');
  return new Promise<never>(() => undefined);
}).start();
