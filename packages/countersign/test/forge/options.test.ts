import { describe, expect, test } from 'vitest';
import { appAri, installationAri, siteAri, uuidOf } from '../../src/forge/ids.ts';
import { type AppOptions, createApp, memoryStore } from '../../src/index.ts';

const ID = '0f4c1a52-6f0e-4a3c-9f2e-3f1d8b7a6c01';
const make = (forge: unknown) =>
  createApp({
    appUrl: 'https://panel.example.com',
    store: memoryStore(),
    forge,
  } as AppOptions);

describe('an id', () => {
  test.each([
    [ID, ID],
    [ID.toUpperCase(), ID],
    [appAri(ID), ID],
    [installationAri(ID), ID],
    [siteAri(ID), ID],
    [`ari:cloud:ecosystem::environment/9a9a9a9a-6f0e-4a3c-9f2e-3f1d8b7a6c02/${ID}`, ID],
    ['', undefined],
    [`${ID}x`, undefined],
    [`x${ID}`, undefined],
    [`${ID}\n`, undefined],
    [`https://evil.example/${ID}`, undefined],
    ['ari:cloud:ecosystem::app/', undefined],
  ])('%j is of %s', (id, uuid) => {
    expect(uuidOf(id)).toBe(uuid);
  });
});

describe('the option forge', () => {
  test.each([
    [{ appId: ID }],
    [{ appId: appAri(ID) }],
    [{ appId: [ID, appAri('9a9a9a9a-6f0e-4a3c-9f2e-3f1d8b7a6c02')] }],
    [
      {
        appId: ID,
        keySetUrl: 'http://127.0.0.1:4400/keys',
        gatewayUrls: ['http://127.0.0.1:4400'],
      },
    ],
    [{ appId: ID, prefer: 'connect', environments: ['PRODUCTION'] }],
    [{ appId: ID, isolatedCloudKeySetUrl: 'https://{icLabel}.keys.example/jwks.json' }],
  ])('%j is taken', (forge) => {
    expect(make(forge).forge).toBeDefined();
  });

  test.each([
    ['no object', 'yes', 'CONFIG_OPTION_INVALID'],
    ['no appId', {}, 'CONFIG_OPTION_MISSING'],
    ['no id', { appId: 'my-app' }, 'CONFIG_OPTION_INVALID'],
    ['no ids', { appId: [] }, 'CONFIG_OPTION_INVALID'],
    ['a typing error', { appId: ID, keysetUrl: 'https://x.example' }, 'CONFIG_OPTION_UNKNOWN'],
    ['keys over http', { appId: ID, keySetUrl: 'http://keys.example' }, 'CONFIG_OPTION_INVALID'],
    [
      'a gateway over http',
      { appId: ID, gatewayUrls: ['http://gate.example'] },
      'CONFIG_OPTION_INVALID',
    ],
    ['no gateway', { appId: ID, gatewayUrls: [] }, 'CONFIG_OPTION_INVALID'],
    [
      'a template without a place',
      { appId: ID, isolatedCloudKeySetUrl: 'https://x.example' },
      'CONFIG_OPTION_INVALID',
    ],
    [
      'a password in a URL',
      { appId: ID, graphqlUrl: 'https://a:b@x.example' },
      'CONFIG_OPTION_INVALID',
    ],
    ['an unknown preference', { appId: ID, prefer: 'both' }, 'CONFIG_OPTION_INVALID'],
    ['an unknown environment', { appId: ID, environments: ['QA'] }, 'CONFIG_OPTION_INVALID'],
  ])('with %s is refused', (_name, forge, code) => {
    expect(() => make(forge)).toThrow(expect.objectContaining({ code }));
  });
});
