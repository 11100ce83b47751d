import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** How a server of a test file is run. */
export interface ServerCommand {
  /** Its data; removed when it is stopped, and when the test process ends in any way. */
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it prints, on any output, when it takes connections. */
  readonly ready: string;
  /** The user to run it as, where it refuses to run as root. */
  readonly uid?: number;
  readonly gid?: number;
}

/** A server that runs until it is ended. */
export interface RunningServer {
  /** Ends it at once, as `kill -9` does, and keeps or removes its folder. */
  end(folder: 'keep' | 'remove'): Promise<void>;
}

/**
 * The shell that runs the server waits for a word on its input, or for its end, which comes however the test process
 * ends: so no server outlives its tests, and no folder stays, unless the word is 'keep'. The server's own children,
 * which PostgreSQL has one of for each connection, would go on answering for a moment.
 */
const KEEPER = `
  folder=$1; shift
  "$@" 2>&1 & server=$!
  exec > /dev/null
  read -r word
  kill -9 $server $(pgrep -P $server); wait $server
  [ "$word" = keep ] || rm -rf "$folder" || { sleep 1; rm -rf "$folder"; }
`;

/** Starts a server, and waits until it takes connections. */
export async function runServer(how: ServerCommand): Promise<RunningServer> {
  const { folder, command, args, ready, uid, gid } = how;
  const shell = spawn('sh', ['-c', KEEPER, 'sh', folder, command, ...args], {
    cwd: folder,
    // The server's errors are on its output; the shell has nothing to say but 'Killed'.
    stdio: ['pipe', 'pipe', 'ignore'],
    // Apart from the terminal's Ctrl-C, which would end the shell and leave the server.
    detached: true,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const ended = once(shell, 'exit');
  const end = async (word: string) => {
    shell.stdin.end(`${word}\n`);
    await ended;
  };
  let output = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = () => reject(new Error(`${command} did not start:\n${output}`));
      const timer = setTimeout(fail, 30_000);
      shell.stdout.on('data', (chunk) => {
        if (output.length < 100_000) output += chunk;
        if (!output.includes(ready)) return;
        clearTimeout(timer);
        resolve();
      });
      // The output ends when the server does: the shell has let go of it.
      shell.stdout.on('end', () => {
        clearTimeout(timer);
        fail();
      });
    });
  } catch (error) {
    await end('keep');
    throw error;
  }
  return { end };
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
