import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

/**
 * Just enough of a MongoDB for the real driver to read lists from it: hello, find, getMore, count. It knows equality
 * and `$ne`, nothing else of MongoDB's.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export interface MongodbReplies {
  readonly url: string;
  /** The names of all commands that came, besides those that keep a connection. */
  readonly commands: string[];
  stop(): void;
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CONNECTION_COMMANDS = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions'];

export async function startMongodbReplies(
  collections: Readonly<Record<string, readonly Document[]>>,
): Promise<MongodbReplies> {
  const commands: string[] = [];
  const cursors = new Map<bigint, { ns: string; rest: readonly Document[] }>();
  let lastCursor = 0n;

  function answer(command: Document): Document {
    const [name = ''] = Object.keys(command);
    if (!CONNECTION_COMMANDS.includes(name)) commands.push(name);
    switch (name) {
      case 'hello':
      case 'ismaster':
      case 'isMaster':
        return {
          helloOk: true,
          isWritablePrimary: true,
          ismaster: true,
          maxBsonObjectSize: 16_777_216,
          maxMessageSizeBytes: 48_000_000,
          maxWriteBatchSize: 100_000,
          minWireVersion: 0,
          maxWireVersion: 21,
          ok: 1,
        };
      case 'find': {
        const [entry] = Object.entries<unknown>(command.filter);
        const found = (collections[command.find] ?? []).filter((document) =>
          matches(document, entry),
        );
        return page(`${command.$db}.${command.find}`, found, command.batchSize, 'firstBatch');
      }
      case 'getMore': {
        const id = BigInt(command.getMore);
        const { ns, rest } = cursors.get(id) ?? { ns: '', rest: [] };
        cursors.delete(id);
        return page(ns, rest, command.batchSize, 'nextBatch');
      }
      case 'count':
        return { n: collections[command.count]?.length ?? 0, ok: 1 };
      default:
        return CONNECTION_COMMANDS.includes(name)
          ? { ok: 1 }
          : { ok: 0, errmsg: `no such command: ${name}`, code: 59 };
    }
  }

  function page(ns: string, found: readonly Document[], size: number, batch: string): Document {
    const rest = found.slice(size);
    const id = rest.length === 0 ? 0n : ++lastCursor;
    if (id !== 0n) cursors.set(id, { ns, rest });
    return { cursor: { id: BSON.Long.fromBigInt(id), ns, [batch]: found.slice(0, size) }, ok: 1 };
  }

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        socket.write(reply(message, answer));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `mongodb://127.0.0.1:${port}/ace`,
    commands,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function matches(document: Document, filter: readonly [string, unknown] | undefined): boolean {
  if (filter === undefined) return true;
  const [name, wanted] = filter;
  if (typeof wanted !== 'object' || wanted === null) return document[name] === wanted;
  return document[name] !== (wanted as { $ne: unknown }).$ne;
}

function reply(message: Buffer, answer: (command: Document) => Document): Buffer {
  const [requestId, opCode] = [message.readInt32LE(4), message.readInt32LE(12)];
  if (opCode === OP_QUERY) {
    // Flags, the name of a collection, two numbers, and the command.
    const at = message.indexOf(0, 20) + 1 + 8;
    const body = BSON.serialize(answer(BSON.deserialize(message.subarray(at))));
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    return framed(requestId, OP_REPLY, head, body);
  }
  // Flags, the kind of the only section, and the command.
  const body = BSON.serialize(answer(BSON.deserialize(message.subarray(21))));
  return framed(requestId, OP_MSG, Buffer.alloc(5), body);
}

function framed(responseTo: number, opCode: number, ...parts: Uint8Array[]): Buffer {
  const header = Buffer.alloc(16);
  const message = Buffer.concat([header, ...parts]);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(responseTo, 8);
  message.writeInt32LE(opCode, 12);
  return message;
}
