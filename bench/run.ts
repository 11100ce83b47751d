/** `npm run bench`: Countersign side by side with its peers, all from one run on this machine. */
import { availableParallelism, cpus } from 'node:os';
import { routeReport } from './route.ts';
import { tokenReport } from './token.ts';

console.log(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? process.arch}\n`,
);
console.log('Tokens: the median of rounds that take turns\n');
console.log(await tokenReport());
console.log('\nA route with a token in its URL, under load\n');
console.log(await routeReport());
