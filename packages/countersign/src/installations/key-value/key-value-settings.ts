import type { SettingsStore, StoredSetting } from '../store.ts';
import type { Engine } from './engine.ts';
import { corrupt, entryValue, newEntry } from './entry.ts';
import { keyPart } from './key-part.ts';
import { namesInPages } from './names.ts';

export function keyValueSettings(engine: () => Promise<Engine>, prefix: string): SettingsStore {
  const base = `${prefix}:setting`;
  const keyOf = (clientKey: string, name: string) =>
    `${base}:${keyPart(clientKey)}:${keyPart(name)}`;
  const pages = namesInPages(engine);

  const load = async (key: string): Promise<StoredSetting | undefined> => {
    const text = await (await engine()).read(key);
    if (text === undefined) return undefined;
    const value = entryValue(text, key);
    if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) {
      throw corrupt(key);
    }
    const [clientKey = '', name = '', setting = ''] = value as string[];
    if (key !== keyOf(clientKey, name)) throw corrupt(key);
    return { clientKey, name, value: setting };
  };
  const remove = async (key: string) => {
    await (await engine()).write(key, { entry: undefined, when: { kind: 'always' } });
  };

  return {
    async get(clientKey, name) {
      return (await load(keyOf(clientKey, name)))?.value;
    },
    async put(clientKey, name, value, ifValue) {
      const { isWritten } = await (await engine()).write(keyOf(clientKey, name), {
        entry: newEntry([clientKey, name, value]),
        when:
          ifValue === undefined
            ? { kind: 'always' }
            : { kind: 'body', is: newEntry([clientKey, name, ifValue]).body },
      });
      return isWritten;
    },
    delete: (clientKey, name) => remove(keyOf(clientKey, name)),
    async deleteAll(clientKey) {
      const own = `${base}:${keyPart(clientKey)}`;
      for (const name of await (await engine()).names(own)) await remove(`${own}:${name}`);
    },
    list: ({ clientKey, after, limit = 100 } = {}) => {
      if (clientKey === undefined) {
        const from = after && `${keyPart(after.clientKey)}:${keyPart(after.name)}`;
        return pages(base, from, limit, (name) => load(`${base}:${name}`));
      }
      const own = `${base}:${keyPart(clientKey)}`;
      const from = after && keyPart(after.name);
      return pages(own, from, limit, (name) => load(`${own}:${name}`));
    },
  };
}
