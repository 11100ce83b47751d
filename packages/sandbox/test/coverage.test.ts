import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { appCoverage, coverage, forgeCoverage, pageCoverage } from '../src/coverage.ts';
import { platformCoverage, productCoverage } from '../src/coverage-platform.ts';
import { allJs } from '../src/hosts/connect/all-js.ts';
import { addAddonRoutes, addForgePropertyRoutes } from '../src/rest/addons.ts';
import type { RestEnv } from '../src/rest/caller.ts';
import { productResources, resources } from '../src/rest/routes.ts';

function withoutNames(path: string): string {
  return path.replaceAll(/\{\w+\}|:\w+/g, '{}');
}

test('the coverage list and the registered routes name the same resources', () => {
  for (const version of [2, 3] as const) {
    const registered = resources(version)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${withoutNames(path)}`);
    const listed = [...coverage, ...platformCoverage].map(
      ({ method, path }) => `${method} ${withoutNames(path)}`,
    );
    expect(listed.toSorted()).toEqual(registered.toSorted());
  }
});

test('what an app may ask of itself is in its coverage list', () => {
  const rest = new Hono<RestEnv>();
  addAddonRoutes(rest, 'site');
  addForgePropertyRoutes(rest);
  const registered = rest.routes.map(({ method, path }) => `${method} /rest${withoutNames(path)}`);
  const listed = appCoverage.map(({ method, path }) => `${method} ${withoutNames(path)}`);
  expect(listed.toSorted()).toEqual(registered.toSorted());
});

test('what Jira Software and Jira Service Management answer is in its coverage list', () => {
  const registered = productResources()
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} /rest${withoutNames(path)}`);
  const listed = productCoverage.map(({ method, path }) => `${method} ${withoutNames(path)}`);
  expect(listed.toSorted()).toEqual(registered.toSorted());
});

test('the table of docs/sandbox.md is the coverage list', () => {
  const page = readFileSync(new URL('../../../docs/sandbox.md', import.meta.url), 'utf8');
  const rows = page
    .split('\n')
    .map((line) => /^\| `((?:GET|POST|PUT|DELETE) [^`]*)` +\| ([^|]*) \| (.*) \|$/.exec(line))
    .filter((match) => match !== null)
    .map(([, resource, statuses, notModelled]) => [
      resource,
      statuses?.trim(),
      notModelled?.trim(),
    ]);
  expect(rows).toEqual(
    [...coverage, ...appCoverage, ...platformCoverage, ...productCoverage].map(
      ({ method, path, statuses, notModelled }) => [
        `${method} ${path}`,
        statuses.join(', '),
        notModelled,
      ],
    ),
  );
});

/** The rows of a table with two columns, after a heading or a text of the page. */
function tableAfter(text: string): (string | undefined)[][] {
  const page = readFileSync(new URL('../../../docs/sandbox.md', import.meta.url), 'utf8');
  const table = page.split(text)[1]?.split('| part | not modelled |')[1]?.split('\n\n')[0] ?? '';
  return table
    .split('\n')
    .map((line) => /^\| ([^|]*) \|([^|]*)\|$/.exec(line))
    .flatMap((match) => (match ? [[match[1]?.trim(), match[2]?.trim()]] : []))
    .filter(([part]) => part !== '---');
}

test('the table of Forge in docs/sandbox.md is its coverage list', () => {
  expect(tableAfter('\n## The site as a Forge host')).toEqual(
    forgeCoverage.map(({ part, notModelled }) => [part, notModelled]),
  );
});

test('the table of all.js in docs/sandbox.md is its coverage list, and each part is in the script', () => {
  expect(tableAfter('\n**all.js.**')).toEqual(
    pageCoverage.map(({ part, notModelled }) => [part, notModelled]),
  );
  const script = runAllJs();
  for (const { part } of pageCoverage) {
    const [names = ''] = part.split(/; |, data-options/);
    for (const name of names.split(', ')) {
      const path = name.startsWith('AP.') ? name.slice(3) : `${groupOf(names)}.${name}`;
      const found = path.split('.').reduce<unknown>((at, key) => (at as never)?.[key], script);
      expect([path, typeof found]).toEqual([path, 'function']);
    }
  }
});

/** AP.user.getLocale, getTimeZone: the second one is of AP.user as well. */
function groupOf(names: string): string {
  return names.split('.')[1] ?? '';
}

/** What the script leaves as window.AP, in a page that has nothing. */
function runAllJs(): unknown {
  const window = { parent: {}, AP: undefined };
  const document = {
    currentScript: { src: 'http://site/all.js', dataset: {} },
    readyState: 'loading',
  };
  new Function('window', 'document', 'addEventListener', allJs)(window, document, () => undefined);
  return window.AP;
}
