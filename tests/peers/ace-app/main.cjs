// An app as atlassian-connect-express's own documentation has it: by default with a store that needs no database.
const ace = require('atlassian-connect-express');
const express = require('express');
const http = require('node:http');
const { addTenants } = require('./tenants.cjs');

const port = Number(process.env.PORT);
const values = new Map();
const nameOf = (key, clientKey) => JSON.stringify([clientKey, key]);
const store = {
  get: async (key, clientKey) => values.get(nameOf(key, clientKey)) ?? null,
  set: async (key, value, clientKey) => {
    values.set(nameOf(key, clientKey), value);
    return value;
  },
  del: async (key, clientKey) => values.delete(nameOf(key, clientKey)),
  saveInstallation: (value, clientKey) => store.set('clientInfo', value, clientKey),
  getAllClientInfos: async () => [],
  isMemoryStore: () => true,
};
ace.store.register('map', () => store);

const app = express();
const addon = ace(app, {
  config: {
    product: 'jira',
    production: {
      port,
      localBaseUrl: `http://127.0.0.1:${port}`,
      whitelist: ['127.0.0.1'],
      store: JSON.parse(process.env.ACE_STORE ?? '{"adapter":"map"}'),
    },
  },
});
app.use(express.json());
app.use(addon.middleware());

app.get('/panel', addon.authenticate(), (request, response) => {
  const url = `/rest/api/3/issue/${request.query.issueKey}?overrideScreenSecurity=true&overrideEditableFlag=true`;
  const body = { fields: { customfield_10042: 'Reykjavik' } };
  addon.httpClient(request).put({ url, json: true, body }, (error, answer) => {
    if (error) response.status(500).json({ error: String(error) });
    else response.json({ status: answer.statusCode, accountId: request.context.userAccountId });
  });
});

addTenants(addon, Number(process.env.TENANTS ?? 0)).then(() => {
  http.createServer(app).listen(port, '127.0.0.1', () => console.log('ready'));
});
