import type { CommandDetails, CommandName } from './command.ts';

interface CommandEntry extends CommandName {
  load(): Promise<CommandDetails>;
}

/** All commands, in the order of the help. Each is loaded when it is called: some need more than others. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'token explain',
    summary: 'Say why a token is refused',
    load: async () => (await import('./token-explain.ts')).tokenExplain,
  },
  {
    name: 'token decode',
    summary: 'Show what is in a token, without checking it',
    load: async () => (await import('./token-decode.ts')).tokenDecode,
  },
  {
    name: 'token create',
    summary: 'Make the token for one request',
    load: async () => (await import('./token-create.ts')).tokenCreate,
  },
  {
    name: 'doctor',
    summary: 'Find out step by step why an app is refused',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'installations list',
    summary: 'List the installations that the app has stored',
    load: async () => (await import('./installations-list.ts')).installationsList,
  },
  {
    name: 'installations show',
    summary: 'Show one installation',
    load: async () => (await import('./installations-show.ts')).installationsShow,
  },
  {
    name: 'installations remove',
    summary: 'Forget an installation, with its secret',
    load: async () => (await import('./installations-remove.ts')).installationsRemove,
  },
  {
    name: 'installations purge',
    summary: 'Forget installations with all that is kept for them',
    load: async () => (await import('./installations-purge.ts')).installationsPurge,
  },
  {
    name: 'installations export',
    summary: 'Write all of them into a file, as they are stored',
    load: async () => (await import('./installations-export.ts')).installationsExport,
  },
  {
    name: 'installations import',
    summary: 'Read such a file back, into any store',
    load: async () => (await import('./installations-import.ts')).installationsImport,
  },
  {
    name: 'installations reencrypt',
    summary: 'Encrypt all secrets and settings with a new key',
    load: async () => (await import('./installations-reencrypt.ts')).installationsReencrypt,
  },
  {
    name: 'queue list',
    summary: 'List dead letters, and count what else is there',
    load: async () => (await import('./queue-list.ts')).queueList,
  },
  {
    name: 'queue show',
    summary: 'Show one dead letter, with its payload',
    load: async () => (await import('./queue-show.ts')).queueShow,
  },
  {
    name: 'queue retry',
    summary: 'Put dead letters back into the queue',
    load: async () => (await import('./queue-retry.ts')).queueRetry,
  },
  {
    name: 'queue drop',
    summary: 'Forget dead letters',
    load: async () => (await import('./queue-drop.ts')).queueDrop,
  },
  {
    name: 'key create',
    summary: 'Make an encryption key',
    load: async () => (await import('./key-create.ts')).keyCreate,
  },
  {
    name: 'descriptor check',
    summary: 'Find mistakes in a Connect descriptor',
    load: async () => (await import('./descriptor-check.ts')).descriptorCheck,
  },
  {
    name: 'forge manifest',
    summary: 'Write a Forge manifest from a Connect descriptor',
    load: async () => (await import('./forge-manifest.ts')).forgeManifest,
  },
  {
    name: 'import ace',
    summary: 'Take over from an atlassian-connect-express app',
    load: async () => (await import('./import-ace.ts')).importAceCommand,
  },
];
