import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { appCoverage, coverage, forgeCoverage } from '../src/coverage.ts';
import { platformCoverage, productCoverage } from '../src/coverage-platform.ts';
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

test('the table of Forge in docs/sandbox.md is its coverage list', () => {
  const page = readFileSync(new URL('../../../docs/sandbox.md', import.meta.url), 'utf8');
  const section = page.split('\n## ').find((text) => text.startsWith('The site as a Forge host'));
  const rows = section
    ?.split('\n### What is not modelled')[1]
    ?.split('\n')
    .map((line) => /^\| ([^|]*) \| ([^|]*) \|$/.exec(line))
    .flatMap((match) => (match ? [[match[1]?.trim(), match[2]?.trim()]] : []))
    .filter(([part]) => part !== 'part' && part !== '---');
  expect(rows).toEqual(forgeCoverage.map(({ part, notModelled }) => [part, notModelled]));
});
