/** `npm run dev`: a Jira site on this machine, and the app, which starts again when a file of it changes. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { startSandbox } from 'countersign-sandbox';
import { install } from './install.ts';

const { PORT = '3000', SANDBOX_PORT = '4400', DATA_FOLDER = 'data' } = process.env;
const appUrl = `http://127.0.0.1:${PORT}`;

mkdirSync(DATA_FOLDER, { recursive: true });
const site = await startSandbox({
  port: Number(SANDBOX_PORT),
  database: `${DATA_FOLDER}/site.db`, // it stays the same site when this is started again
});
const app = spawn(process.execPath, ['--watch', '--watch-preserve-output', 'src/main.ts'], {
  env: { ...process.env, PORT, APP_URL: appUrl, SANDBOX_URL: site.url },
  stdio: 'inherit',
});

const stop = () => {
  app.kill();
  void site.close();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
app.once('exit', stop);

while (app.exitCode === null && !(await answers(`${appUrl}/health/live`))) {
  await new Promise((resolve) => setTimeout(resolve, 100));
}
try {
  await install(site, appUrl);
  console.log(`
The app runs on a Jira site for you alone.

  An issue, with the panel of the app   ${site.url}/browse/XX-21
  The site, and why it refused a call   ${site.url}
  Stop                                  Ctrl-C
`);
} catch (error) {
  console.error('The site could not install the app:', error);
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true;
}
