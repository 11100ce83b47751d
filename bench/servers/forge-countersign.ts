/** A route behind `authenticate(app, { accept: 'forge' })` of countersign/express, with installations in memory. */
import express from 'express-5';
import { authenticate } from '../../packages/countersign/dist/http/express.js';
import { createApp, memoryStore } from '../../packages/countersign/dist/index.js';
import { listen } from './listen.ts';

const { APP_ID = '', KEY_SET_URL = '' } = process.env;
const app = createApp({
  appUrl: 'https://app.example.com',
  store: memoryStore(),
  logger: { info() {}, warn() {}, error() {} },
  forge: { appId: APP_ID, keySetUrl: KEY_SET_URL },
});
const server = express();
server.get('/panel', authenticate(app, { accept: 'forge' }), (_request, response) => {
  response.json({ ok: true });
});
listen(server);
