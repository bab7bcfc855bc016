import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { TransportProtocol } from '../api/flow.js';

/** A peer that writes what a test wants, over any transport. */
export interface RawClient {
  readonly localPort: number;
  /** Text as it came, one entry per chunk, frame or datagram. */
  readonly heard: string[];
  send(text: string | Uint8Array): void;
  /** Resolves with the first text heard, now or later, that fits. */
  hears(pattern: RegExp, withinMilliseconds?: number): Promise<string>;
  readonly closed: Promise<void>;
  close(): void;
}

export interface RawTarget {
  readonly protocol: TransportProtocol;
  readonly host: string;
  readonly port: number;
}

/** An OPTIONS request that the stack answers with 200. */
export function options(
  protocol: TransportProtocol,
  branch: string,
  more: { via?: string; headers?: string } = {},
): string {
  const lines = [
    'OPTIONS sip:carillon.example SIP/2.0',
    `Via: SIP/2.0/${protocol.toUpperCase()} ${more.via ?? 'client.example'};branch=z9hG4bK${branch}`,
    'Max-Forwards: 70',
    'From: <sip:a@client.example>;tag=1',
    'To: <sip:carillon.example>',
    `Call-ID: ${branch}@client.example`,
    'CSeq: 1 OPTIONS',
    ...(more.headers === undefined ? [] : [more.headers]),
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** @param tls for `tls` and `wss` */
export async function rawClient(
  target: RawTarget,
  tls: ConnectionOptions = {},
  webSocket: ClientOptions & { protocols?: string[] } = {},
): Promise<RawClient> {
  switch (target.protocol) {
    case 'udp':
      return udpClient(target);
    case 'tcp': {
      const socket = connect({ host: target.host, port: target.port });
      await once(socket, 'connect');
      return streamClient(socket);
    }
    case 'tls': {
      const socket = connectTls({ host: target.host, port: target.port, rejectUnauthorized: false, ...tls });
      await once(socket, 'secureConnect');
      return streamClient(socket);
    }
    case 'ws':
    case 'wss':
      return webSocketClient(target, { rejectUnauthorized: false, ...tls, ...webSocket } as typeof webSocket);
  }
}

class Heard {
  readonly heard: string[] = [];
  private readonly wake = new Set<() => void>();

  note(text: string): void {
    this.heard.push(text);
    for (const callback of this.wake) callback();
  }

  async hears(pattern: RegExp, withinMilliseconds = 5000): Promise<string> {
    const until = Date.now() + withinMilliseconds;
    for (;;) {
      const all = this.heard.join('');
      if (pattern.test(all)) return all;
      const left = until - Date.now();
      if (left <= 0) throw new Error(`Not heard: ${pattern.source}; but: ${all}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, left);
        const { wake } = this;
        function done(): void {
          clearTimeout(timer);
          wake.delete(done);
          resolve();
        }
        wake.add(done);
      });
    }
  }
}

async function udpClient(target: RawTarget): Promise<RawClient> {
  const notes = new Heard();
  const socket = createSocket(isIPv6(target.host) ? 'udp6' : 'udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, isIPv6(target.host) ? '::1' : '127.0.0.1', resolve);
  });
  socket.on('message', (bytes) => notes.note(bytes.toString('latin1')));
  return {
    localPort: socket.address().port,
    heard: notes.heard,
    send: (text) => socket.send(text, target.port, target.host),
    hears: (pattern, within) => notes.hears(pattern, within),
    closed: new Promise((resolve) => {
      socket.on('close', () => resolve());
    }),
    close: () => socket.close(),
  };
}

function streamClient(socket: Socket): RawClient {
  const notes = new Heard();
  socket.on('data', (bytes: Buffer) => notes.note(bytes.toString('latin1')));
  socket.on('error', () => undefined);
  return {
    localPort: socket.localPort ?? 0,
    heard: notes.heard,
    send: (text) => socket.write(text),
    hears: (pattern, within) => notes.hears(pattern, within),
    closed: new Promise((resolve) => {
      socket.on('close', () => resolve());
    }),
    close: () => socket.destroy(),
  };
}

async function webSocketClient(
  target: RawTarget,
  wishes: ClientOptions & { protocols?: string[] },
): Promise<RawClient> {
  const { protocols = ['sip'], ...rest } = wishes;
  const host = isIPv6(target.host) ? `[${target.host}]` : target.host;
  const socket = new WebSocket(`${target.protocol}://${host}:${target.port}/`, protocols, rest);
  const notes = new Heard();
  socket.on('message', (bytes: Buffer) => notes.note(bytes.toString('latin1')));
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      reject(new Error(`HTTP ${response.statusCode ?? 0}`));
      socket.terminate();
    });
    socket.on('open', resolve);
  });
  return {
    localPort: 0,
    heard: notes.heard,
    send: (text) => socket.send(typeof text === 'string' ? text : Buffer.from(text)),
    hears: (pattern, within) => notes.hears(pattern, within),
    closed,
    close: () => socket.terminate(),
  };
}

function once(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
  });
}
