/** A bare Hono route on Node. */
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { listen } from './listen.ts';

const server = new Hono();
server.get('/panel', (c) => c.json({ ok: true }));
listen(getRequestListener(server.fetch));
