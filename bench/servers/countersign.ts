/** The same Express 5 route behind `authenticate(app)` of countersign/express, with installations in memory. */
import express from 'express-5';
import { authenticate } from '../../packages/countersign/dist/http/express.js';
import { app } from './app.ts';
import { listen } from './listen.ts';

const server = express();
server.get('/panel', authenticate(app), (_request, response) => {
  response.json({ ok: true });
});
listen(server);
