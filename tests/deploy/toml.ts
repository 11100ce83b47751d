type Value = string | number | boolean;
export interface Table {
  [name: string]: Value | Table | Table[];
}

/** Reads what our own fly.toml is written in: tables, lists of tables, and values of one line. It throws at the rest. */
export function parseToml(text: string): Table {
  const top: Table = {};
  let table = top;
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, open, path] = /^(\[{1,2})([\w.]+)\]{1,2}$/.exec(line) ?? [];
    if (path !== undefined) {
      table = {};
      place(top, path.split('.'), table, open === '[[');
      continue;
    }
    const [, name, value] = /^(\w+)\s*=\s*("[^"\\]*"|\d+|true|false)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Not understood: ${line}`);
    table[name] = JSON.parse(value) as Value;
  }
  return top;
}

function place(top: Table, path: readonly string[], table: Table, isList: boolean): void {
  let parent = top;
  for (const name of path.slice(0, -1)) {
    parent[name] ??= {};
    parent = parent[name] as Table;
  }
  const name = path.at(-1) as string;
  if (isList) parent[name] = [...((parent[name] as Table[] | undefined) ?? []), table];
  else parent[name] = table;
}
