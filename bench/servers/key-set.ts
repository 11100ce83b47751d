/** A host of Forge's key set, as far away as the bench says: it waits before each answer. */
import { createServer } from 'node:http';

const { KEY_SET = '', DELAY_MS = '20' } = process.env;
const server = createServer((_request, response) => {
  setTimeout(() => {
    response.setHeader('content-type', 'application/json');
    response.end(KEY_SET);
  }, Number(DELAY_MS));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`port ${(server.address() as { port: number }).port}`);
});
process.stdin.on('close', () => process.exit()).resume();
