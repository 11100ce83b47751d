import type { AbstractCursor, Filter } from 'mongodb';
import { optionalPackage } from '../../installations/optional-package.ts';
import {
  type AceSetting,
  type AceSource,
  type AceSourceOptions,
  CLIENT_INFO,
  PAGE_SIZE,
} from './source.ts';
import { asking } from './source-failure.ts';

/** As the framework writes it: `val` is a document, or whatever else the app gave. */
interface AceDocument {
  readonly clientKey?: unknown;
  readonly installationId?: unknown;
  readonly key?: unknown;
  readonly val?: unknown;
}

/** The MongoDB database of an app on atlassian-connect-express, named by the path of the URL. */
export async function aceMongodb(url: string, { table }: AceSourceOptions): Promise<AceSource> {
  const { MongoClient } = await optionalPackage('mongodb', () => import('mongodb'));
  const client = await asking(
    url,
    () =>
      new MongoClient(url, {
        appName: 'countersign import',
        serverSelectionTimeoutMS: 10_000,
        connectTimeoutMS: 10_000,
        socketTimeoutMS: 60_000,
      }),
  );
  const database = client.db();
  const collection = database.collection<AceDocument>(table);
  const forge = database.collection<AceDocument>('ForgeSettings');
  const associations = database.collection<AceDocument>('InstallationClientKeys');
  try {
    await asking(url, () => client.connect());
  } catch (error) {
    await client.close();
    throw error;
  }

  async function* pages(cursor: AbstractCursor<AceDocument>): AsyncGenerator<AceDocument[]> {
    try {
      while (await asking(url, () => cursor.hasNext())) yield cursor.readBufferedDocuments();
    } finally {
      await cursor.close();
    }
  }

  async function* settings(filter: Filter<AceDocument>): AsyncGenerator<readonly AceSetting[]> {
    const cursor = collection.find(filter, { batchSize: PAGE_SIZE });
    for await (const page of pages(cursor)) {
      yield page.map((found) => settingOf(found, found.clientKey));
    }
  }

  return {
    installations: () => settings({ key: CLIENT_INFO }),
    settings: () => settings({ key: { $ne: CLIENT_INFO } }),
    async *associations() {
      for await (const page of pages(associations.find({}, { batchSize: PAGE_SIZE }))) {
        yield page.map(({ installationId, clientKey }) => ({
          installationId: String(installationId),
          clientKey: String(clientKey),
        }));
      }
    },
    async *forgeSettings() {
      for await (const page of pages(forge.find({}, { batchSize: PAGE_SIZE }))) {
        yield page.map((found) => settingOf(found, found.installationId));
      }
    },
    count: () =>
      asking(url, async () => {
        const counts = [collection.estimatedDocumentCount(), forge.estimatedDocumentCount()];
        return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
      }),
    close: () => client.close(),
  };
}

function settingOf({ key, val }: AceDocument, clientKey: unknown): AceSetting {
  return {
    clientKey: typeof clientKey === 'string' ? clientKey : null,
    key: typeof key === 'string' ? key : null,
    // As our stores will hold it: a date becomes a text.
    value: val === undefined ? undefined : JSON.parse(JSON.stringify(val)),
  };
}
