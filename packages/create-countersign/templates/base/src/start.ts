import { createJiraApp } from './app.ts';
import { listen } from './server.ts';
import { openStore } from './store.ts';

export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the app as the environment says; .env.example has its variables. */
export async function start(env: NodeJS.ProcessEnv): Promise<Running> {
  const port = Number(env.PORT ?? 3000);
  const url = env.APP_URL ?? `http://127.0.0.1:${port}`;
  const app = createJiraApp({
    appUrl: url,
    store: openStore(env),
    encryptionKeys: env.COUNTERSIGN_ENCRYPTION_KEYS || undefined,
    sandboxUrl: env.SANDBOX_URL,
  });
  await app.open(); // a database that is not there ends the start, and not the first request
  const close = await listen(app, port, env.HOST ?? '127.0.0.1');
  return {
    url,
    async stop() {
      // What is at work may end; /health/ready says meanwhile that nothing new is wanted here.
      await Promise.all([app.drain(), close()]);
      await app.close();
    },
  };
}
