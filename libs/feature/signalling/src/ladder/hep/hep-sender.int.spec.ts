import { createSocket, Socket as UdpSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { silentLogger, SystemClock } from '@carillon/service-runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HepSender, type HepDestination } from './hep-sender.js';
import { probeHep } from './probe-hep.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function senderTo(to: HepDestination) {
  const counted = { sent: 0, dropped: [] as string[] };
  const sender = new HepSender(to, {
    clock: new SystemClock(),
    logger: silentLogger(),
    sent: () => (counted.sent += 1),
    dropped: (why) => counted.dropped.push(why),
  });
  closing.push(() => sender.close());
  return { sender, counted };
}

async function until(probe: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !probe(); turn += 1) await new Promise((settle) => setTimeout(settle, 20));
  expect(probe()).toBe(true);
}

async function tcpCollector(port = 0) {
  const received: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (chunk) => received.push(chunk)).on('error', () => undefined);
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  closing.push(stop);
  return { received, stop, port: (server.address() as AddressInfo).port };
}

describe('the way to a collector', () => {
  it('takes what is sent before it is open, over UDP', async () => {
    const socket = createSocket('udp4');
    const received: string[] = [];
    socket.on('message', (packet) => received.push(packet.toString()));
    await new Promise<void>((listening) => socket.bind(0, '127.0.0.1', listening));
    closing.push(() => socket.close());
    const { sender } = senderTo({ host: '127.0.0.1', port: socket.address().port, transport: 'udp' });
    sender.send(Buffer.from('a'));
    sender.send(Buffer.from('b'));
    await until(() => received.length === 2);
    expect(received).toEqual(['a', 'b']);
  });

  it('over TCP comes back after the collector was away', async () => {
    const first = await tcpCollector();
    const { sender, counted } = senderTo({ host: '127.0.0.1', port: first.port, transport: 'tcp' });
    sender.send(Buffer.from('one'));
    await until(() => Buffer.concat(first.received).toString() === 'one');
    first.stop();
    await new Promise((settle) => setTimeout(settle, 100));
    sender.send(Buffer.from('two'));
    const second = await tcpCollector(first.port);
    await until(() => Buffer.concat(second.received).toString() === 'two');
    expect(counted.sent).toBe(2);
  });

  it('drops and counts beyond its bounds, at once', async () => {
    const { sender, counted } = senderTo({ host: '127.0.0.1', port: 16_599, transport: 'tcp' });
    for (let index = 0; index < 2_100; index += 1) sender.send(Buffer.alloc(10));
    await until(() => counted.dropped.length >= 100);
    sender.send(Buffer.alloc(10));
    expect(counted.sent).toBe(0);
  });

  it('over UDP counts what nobody listens to, and goes on', async () => {
    const { sender, counted } = senderTo({ host: '127.0.0.1', port: 16_598, transport: 'udp' });
    await until(() => {
      sender.send(Buffer.from('x'));
      return counted.dropped.length > 0;
    });
    expect(new Set(counted.dropped)).toEqual(new Set(['unreachable']));
  });
});

describe('a test of a collector', () => {
  it('tells that nobody listens, and that somebody does', async () => {
    const packet = Buffer.from('x');
    for (const transport of ['udp', 'tcp'] as const)
      expect((await probeHep({ host: '127.0.0.1', port: 16_597, transport }, [packet])).ok, transport).toBe(false);
    const collector = await tcpCollector();
    expect((await probeHep({ host: '127.0.0.1', port: collector.port, transport: 'tcp' }, [packet])).ok).toBe(true);
    await until(() => Buffer.concat(collector.received).toString() === 'x');
    expect((await probeHep({ host: 'no.such.host.invalid', port: 1, transport: 'udp' }, [packet])).ok).toBe(false);
  });

  it('tells that nobody listens, though the process was busy when that was said', async () => {
    const send = UdpSocket.prototype.send as (packet: Buffer, sent: (error: Error | null) => void) => void;
    vi.spyOn(UdpSocket.prototype, 'send').mockImplementation(function (
      this: UdpSocket,
      packet: unknown,
      sent: unknown,
    ) {
      send.call(this, packet as Buffer, (error) => {
        (sent as (error: Error | null) => void)(error);
        for (const until = performance.now() + 600; performance.now() < until;);
      });
    });
    const nobody = { host: '127.0.0.1', port: 16_596, transport: 'udp' } as const;
    expect((await probeHep(nobody, [Buffer.from('x')])).ok).toBe(false);
  });
});
