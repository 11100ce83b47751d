/** The same Hono route behind `authenticate(app)` of countersign/hono. */
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { authenticate } from '../../packages/countersign/dist/http/hono.js';
import { app } from './app.ts';
import { listen } from './listen.ts';

const server = new Hono();
server.get('/panel', authenticate(app), (c) => c.json({ ok: true }));
listen(getRequestListener(server.fetch));
