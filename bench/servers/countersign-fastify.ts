/** The same Fastify route behind `authenticate(app)` of countersign/fastify. */
import fastify from 'fastify';
import { authenticate } from '../../packages/countersign/dist/http/fastify.js';
import { app } from './app.ts';

const server = fastify();
server.get('/panel', { preHandler: authenticate(app) }, () => ({ ok: true }));
const origin = await server.listen({ port: 0, host: '127.0.0.1' });
console.log(`port ${new URL(origin).port}`);
process.stdin.on('end', () => process.exit()).resume();
