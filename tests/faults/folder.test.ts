import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { temporaryFolder } from '../processes.ts';
import { expectSecretsToBeSealed } from './secret-search.ts';

test('no secret stands in clear in a folder of unstorage, an export or a log', async () => {
  await expectSecretsToBeSealed(async () => {
    const folder = temporaryFolder();
    const module = `${temporaryFolder()}/store.mjs`;
    const driver = new URL(
      '../../packages/countersign/test/installations/servers/folder-driver.ts',
      import.meta.url,
    );
    writeFileSync(
      module,
      `import { keyValueStore } from '${import.meta.resolve('countersign/key-value')}';
       import { folderDriver } from '${driver}';
       export default () => keyValueStore(folderDriver(${JSON.stringify(folder)}));`,
    );
    return { store: `folder:${folder}`, exported: `module:${module}`, folder };
  });
}, 60_000);
