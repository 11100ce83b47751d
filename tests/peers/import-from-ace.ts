/**
 * An app moves from atlassian-connect-express to Countersign: a real app on the one writes a database with 1,000
 * tenants, and the other takes over at the same URL, with no install on any site.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createApp, type Descriptor, type InstallationStore, sqliteStore } from 'countersign';
import { authenticate, handle } from 'countersign/node';
import { sqlStore } from 'countersign/sql';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { startMariadb } from '../../packages/countersign/test/installations/servers/mariadb.ts';
import { startPostgres } from '../../packages/countersign/test/installations/servers/postgres.ts';
import { startAce } from './ace-process.ts';

const TENANTS = 1000;
const folder = mkdtempSync(join(tmpdir(), 'countersign-ace-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const main = fileURLToPath(new URL('../../packages/countersign/dist/cli/main.js', import.meta.url));

/** `countersign import ace`, with the URL of the old store in the environment. */
async function importAce(
  from: string,
  to: string,
  env: Record<string, string> = {},
  ...more: string[]
) {
  const args = [main, 'import', 'ace', '--from-env', 'OLD_STORE', '--store', to, '--json', ...more];
  const { PATH = '' } = process.env;
  return new Promise<{ code: number; report: Record<string, unknown> }>((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { env: { PATH, OLD_STORE: from, ...env } },
      (error, out, err) => {
        assert.doesNotMatch(out + err, /canary/, 'no secret is shown');
        try {
          resolve({ code: Number(error?.code ?? 0), report: JSON.parse(out) });
        } catch {
          reject(new Error(`It printed no JSON: ${out}${err}`));
        }
      },
    );
  });
}

/** An app on Countersign with the descriptor of the old one, at its port. */
async function startCountersign(
  port: number,
  site: Sandbox,
  store: InstallationStore,
  encryptionKeys: string | undefined,
) {
  const old = readFileSync(new URL('ace-app/atlassian-connect.json', import.meta.url), 'utf8');
  const app = createApp({
    descriptor: JSON.parse(old.replace('{{localBaseUrl}}', '{{appUrl}}')) as Descriptor,
    appUrl: `http://127.0.0.1:${port}`,
    store,
    encryptionKeys,
    allowedSites: [site.url],
    installKeyHosts: [site.installKeysUrl],
    logger: { info() {}, warn() {}, error: console.error },
  });
  const server = createServer(async (request, response) => {
    if (await handle(app, request, response)) return;
    const caller = await authenticate(app, request, response);
    if (caller === undefined) return;
    await caller.jira.editIssue('XX-21', {
      fields: { customfield_10042: 'Oslo' },
      overrideScreenSecurity: true,
      overrideEditableFlag: true,
    });
    response.end(JSON.stringify({ accountId: caller.accountId }));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    app,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await store.close?.();
    },
  };
}

interface Move {
  /** The option store of atlassian-connect-express. */
  readonly old: Record<string, unknown>;
  readonly from: string;
  readonly to: string;
  readonly encryptionKeys?: string;
  open(): InstallationStore;
}

async function moves({ old, from, to, encryptionKeys, open }: Move): Promise<void> {
  const env = encryptionKeys === undefined ? {} : { COUNTERSIGN_ENCRYPTION_KEYS: encryptionKeys };
  const site = await startSandbox();
  try {
    const ace = await startAce(site.installKeysUrl, { store: old, tenants: TENANTS });
    const page = () =>
      fetch(site.pageUrl('ace-peer', '/panel?issueKey=XX-21', { issueKey: 'XX-21' }));
    try {
      await site.install(ace.descriptorUrl);
      assert.equal((await page()).status, 200);
      assert.equal(site.issue('XX-21')?.fields.customfield_10042, 'Reykjavik');
    } finally {
      await ace.stop();
    }

    const everything = {
      appKey: 'ace-peer',
      // All of them, and the one that the sandbox has installed.
      installations: { imported: TENANTS + 1, replaced: 0, unchanged: 0 },
      settings: { imported: TENANTS * 1.2, unchanged: 0 },
      cachedTokens: TENANTS * 0.2,
      skipped: [],
    };
    assert.deepEqual(await importAce(from, to, env, '--dry-run'), {
      code: 0,
      report: { dryRun: true, ...everything },
    });
    const startedAt = performance.now();
    assert.deepEqual(await importAce(from, to, env), {
      code: 0,
      report: { dryRun: false, ...everything },
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`# imported ${TENANTS + 1} installations in ${seconds} s`);
    const again = {
      dryRun: false,
      ...everything,
      installations: { imported: 0, replaced: 0, unchanged: TENANTS + 1 },
      settings: { imported: 0, unchanged: TENANTS * 1.2 },
    };
    assert.deepEqual(await importAce(from, to, env), { code: 0, report: again });

    const store = open();
    const now = await startCountersign(ace.port, site, store, encryptionKeys);
    try {
      const tenant = await store.get('tenant-10');
      assert.equal(tenant?.siteUrl, 'https://tenant-10.atlassian.net');
      assert.equal(tenant.payload.description, 'Ünïcode 🔏');
      assert.deepEqual(await now.app.settings('tenant-10').get('rules'), {
        index: 10,
        names: ['Ünïcode 🔏', null],
      });

      const answer = await page();
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), { accountId: site.people[0]?.accountId });
      assert.equal(site.issue('XX-21')?.fields.customfield_10042, 'Oslo');
      const put = site.requests.findLast(({ method }) => method === 'PUT');
      assert.ok(put?.verdict.checks.every(({ passed }) => passed));

      // What Jira says from now on goes to the new app, and the old store knows nothing of it.
      await site.rotateSecret('ace-peer');
      assert.equal((await page()).status, 200);
      const { code, report } = await importAce(from, to, env);
      assert.equal(code, 0);
      const [skip] = report.skipped as { clientKey: string; reason: string }[];
      assert.deepEqual([skip?.clientKey, skip?.reason], [site.clientKey, 'changed-here']);
      assert.equal((await page()).status, 200);
      await site.uninstall('ace-peer');
      assert.equal((await store.get(site.clientKey))?.status, 'uninstalled');
    } finally {
      await now.stop();
    }
  } finally {
    await site.close();
  }
}

test('an app on atlassian-connect-express and SQLite moves to Countersign, encrypted from now on', async () => {
  const storage = join(folder, 'ace.sqlite');
  const file = join(folder, 'app.db');
  await moves({
    // mode: this build of sqlite3 does not export the constants that Sequelize makes it of.
    old: {
      adapter: 'sequelize',
      dialect: 'sqlite',
      storage,
      logging: false,
      dialectOptions: { mode: 6 },
    },
    from: `sqlite:${storage}`,
    to: `sqlite:${file}`,
    encryptionKeys: `k1:${randomBytes(32).toString('base64')}`,
    open: () => sqliteStore(file),
  });
  for (const name of globSync(`${file}*`)) {
    assert.doesNotMatch(readFileSync(name, 'latin1'), /canary/, `no secret is in ${name}`);
  }
});

test('an app on atlassian-connect-express and PostgreSQL moves to Countersign in the same database', async () => {
  const server = await startPostgres();
  try {
    const url = await server.createDatabase();
    await moves({
      old: { adapter: 'sequelize', url, logging: false },
      from: url,
      to: url,
      open: () => sqlStore(url),
    });
  } finally {
    await server.stop();
  }
});

const hasMariadb = spawnSync('mariadbd', ['--version']).error === undefined;

test('an app on atlassian-connect-express and MariaDB moves to Countersign in the same database', {
  skip: hasMariadb ? false : 'MariaDB is not installed',
}, async () => {
  const server = await startMariadb();
  try {
    const url = await server.createDatabase();
    await moves({
      old: { adapter: 'sequelize', url, logging: false },
      from: url,
      to: url,
      open: () => sqlStore(url),
    });
  } finally {
    await server.stop();
  }
});
