import { start } from './start.ts';

const { url, stop } = await start(process.env);
console.log(`Listening on ${url}`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
