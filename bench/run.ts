/**
 * `npm run bench`: Countersign side by side with its peers, all from one run on this machine. `npm run bench -- tokens`
 * runs one part of it.
 */
import { availableParallelism, cpus } from 'node:os';
import { callsReport } from './calls.ts';
import { forgeReport } from './forge.ts';
import { installationsReport } from './installations.ts';
import { routeReport } from './route.ts';
import { tokenReport } from './token.ts';
import { webhooksReport } from './webhooks.ts';

const parts: Record<string, { title: string; report: () => Promise<string> }> = {
  tokens: { title: 'Tokens: the median of rounds that take turns', report: tokenReport },
  route: { title: 'A route with a token in its URL, under load', report: routeReport },
  forge: {
    title: 'A route behind Forge invocation tokens, its key host 20 ms away',
    report: forgeReport,
  },
  calls: { title: 'Signed calls to a site on this machine', report: callsReport },
  webhooks: { title: 'Webhooks taken in over Postgres', report: webhooksReport },
  installations: {
    title: 'What the number of installations costs: medians, in microseconds',
    report: installationsReport,
  },
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part '${unknown[0]}'. There are: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

console.log(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? process.arch}`,
);
for (const [name, { title, report }] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n${title}\n`);
  console.log(await report());
}
