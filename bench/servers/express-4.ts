/** A bare Express 4 route, with the body parsers that atlassian-connect-express needs. */
import express from 'express';
import { listen } from './listen.ts';

const server = express();
server.use(express.json());
server.use(express.urlencoded({ extended: false }));
server.get('/panel', (_request, response) => {
  response.json({ ok: true });
});
listen(server);
