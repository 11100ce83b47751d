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
];
