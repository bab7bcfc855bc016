import type { Duplex } from 'node:stream';
import type { Connection } from './connection.js';
import { messageLimits } from './message-limits.js';
import type { TransportContext } from './network.js';
import { StreamFramer } from './stream-framer.js';
import type { Wire } from './wire.js';

const PING = Buffer.from('\r\n\r\n');
const PONG = Buffer.from('\r\n');
/** A peer that vanished without a FIN is noticed by the system within half a minute and ten probes of a second. */
const SYSTEM_KEEP_ALIVE_MILLISECONDS = 30_000;

/** A TCP or TLS socket, or what a test puts in its place. */
export interface StreamSocket extends Duplex {
  setNoDelay(noDelay: boolean): unknown;
  setKeepAlive(enable: boolean, initialDelayMilliseconds: number): unknown;
  /** Closes when everything is written. */
  destroySoon(): void;
}

/** Messages by Content-Length on a TCP or TLS socket (RFC 3261 §18.3), with the keep-alives of RFC 5626 §3.5.1. */
export function attachStream(socket: StreamSocket, connection: Connection, context: TransportContext): void {
  const framer = new StreamFramer(messageLimits(context.limits), {
    message: (message) => connection.message(message),
    ping: (times) => {
      connection.pinged();
      // All at once: a peer that only asks and never reads costs little, and not for long.
      const answer = times === 1 ? PONG : Buffer.alloc(PONG.length * times, PONG);
      if (socket.writableLength > context.limits.maxWriteBacklogBytes) connection.shed('peer does not read');
      else if (connection.open) socket.write(answer);
    },
    pong: () => connection.ponged(),
    malformed: (problem, followed) => {
      connection.malformed(problem);
      if (followed) return;
      // The answer goes out before the end.
      socket.end();
      connection.shed('stream cannot be followed');
    },
  });
  const wire: Wire = {
    get backlog() {
      return socket.writableLength;
    },
    write: (bytes, written) => {
      if (written === undefined) socket.write(bytes);
      else socket.write(bytes, written);
    },
    ping: () => socket.write(PING),
    close: () => {
      if (socket.writableEnded) socket.destroySoon();
      else socket.destroy();
    },
  };
  connection.attach(wire);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, SYSTEM_KEEP_ALIVE_MILLISECONDS);
  socket.on('data', (chunk: Buffer) => {
    if (!connection.open) return;
    connection.received();
    framer.push(chunk);
    connection.unfinished(framer.partial);
  });
  socket.on('error', (error) => connection.closed(error));
  socket.on('end', () => socket.end());
  socket.on('close', () => connection.closed(new Error('Connection closed')));
}
