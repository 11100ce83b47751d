/**
 * A site for calls: a small answer as fast as node gives one. `/last` tells what the last call was, so that the bench can
 * check its token.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const issue = JSON.stringify({
  id: '10021',
  key: 'XX-21',
  self: 'https://example.atlassian.net/rest/api/3/issue/10021',
  fields: { summary: 'Find the site location', status: { name: 'To Do' } },
});
const headers = { 'content-type': 'application/json', 'content-length': issue.length };
let last = {};
const server = createServer(({ method, url, headers: { authorization } }, response) => {
  if (url === '/last') {
    response.end(JSON.stringify(last));
    return;
  }
  last = { method, url, authorization };
  response.writeHead(200, headers).end(issue);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`port ${(server.address() as AddressInfo).port}`);
});
process.stdin.on('end', () => process.exit()).resume();
