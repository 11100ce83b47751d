/** A bare Fastify route. */
import fastify from 'fastify';

const server = fastify();
server.get('/panel', () => ({ ok: true }));
const origin = await server.listen({ port: 0, host: '127.0.0.1' });
console.log(`port ${new URL(origin).port}`);
process.stdin.on('end', () => process.exit()).resume();
