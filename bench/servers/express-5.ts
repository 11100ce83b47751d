/** A bare Express 5 route: what an authenticated one is measured against. */
import express from 'express-5';
import { listen } from './listen.ts';

const server = express();
server.get('/panel', (_request, response) => {
  response.json({ ok: true });
});
listen(server);
