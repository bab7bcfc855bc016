import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { sleep, until } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(async () => {
  await phones.stopAll();
  await carillon.revive();
});
afterAll(() => carillon?.remove());

async function sendDatagrams(port: number, datagrams: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((settle) => {
      socket.send(datagram, port, '127.0.0.1', () => settle());
    });
  }
  await sleep(200);
  socket.close();
}

/** Sends bytes on a connection and leaves it open for a while. */
async function sendStream(port: number, chunks: readonly (Uint8Array | string)[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // The server may well cut us off.
  for (const chunk of chunks) {
    socket.write(chunk);
    await sleep(20);
  }
  await sleep(200);
  socket.destroy();
}

async function health(): Promise<{ status: number; text: string }> {
  const response = await fetch(`${carillon.httpUrl}/health`);
  return { status: response.status, text: await response.text() };
}

async function expectCallsWork(): Promise<void> {
  const alice = await phones.start('1001', { tone: 440 });
  const bob = await phones.start('1002', { tone: 700 });
  alice.dial('1002');
  await bob.seen('CALL_ESTABLISHED');
  await bob.hears(440, 1);
  alice.hangUp();
  await bob.seen('CALL_CLOSED');
  await phones.stopAll();
}

const request = (headers: string): string => `OPTIONS sip:x@example.org SIP/2.0\r\n${headers}\r\n\r\n`;

describe('garbage, oversized, truncated and slow input', () => {
  it('on SIP over UDP leaves the service working', async () => {
    const good = request('Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\nCall-ID: a\r\nCSeq: 1 OPTIONS');
    await sendDatagrams(carillon.sipPort, [
      ...Array.from({ length: 300 }, (_, i) => randomBytes((i * 37) % 1400)),
      ...Array.from({ length: good.length }, (_, i) => Buffer.from(good.slice(0, i))),
      Buffer.from(request(`Via: ${'x'.repeat(60_000)}`)),
      Buffer.from(request('Via: SIP/2.0/UDP h\r\n'.repeat(2500))),
      Buffer.from(`INVITE sip:${'%00'.repeat(5000)} SIP/2.0\r\n\r\n`),
      Buffer.from(request('Content-Length: 99999999999999')),
      Buffer.from('\r\n\r\n'),
    ]);
    await expectCallsWork();
  });

  it('on SIP over TCP leaves the service working', async ({ onTestFinished }) => {
    const slow = Array.from({ length: 60 }, () => connect(carillon.sipPort, '127.0.0.1').on('error', () => undefined));
    onTestFinished(() => slow.forEach((socket) => socket.destroy()));
    await sendStream(carillon.sipPort, [randomBytes(200_000)]);
    await sendStream(carillon.sipPort, ['OPTIONS sip:x SIP/2.0\r\nContent-Length: -1\r\n\r\n']);
    await sendStream(carillon.sipPort, ['OPTIONS sip:x SIP/2.0\r\n', 'x'.repeat(2_000_000)]);
    await sendStream(carillon.sipPort, [
      'OPTIONS sip:x SIP/2.0\r\nContent-Length: 4000000000\r\n\r\n',
      'x'.repeat(300_000),
    ]);
    for (const socket of slow) socket.write('OPTI');
    await expectCallsWork();
  });

  it('on HTTP and WebSocket leaves the service working', async () => {
    const port = Number(new URL(carillon.httpUrl).port);
    await sendStream(port, [randomBytes(100_000)]);
    await sendStream(port, ['GET / HTTP/1.1\r\n', 'x: '.padEnd(500_000, 'y')]);
    for (const path of ['/sip', '/realtime/?EIO=4&transport=websocket', '/nowhere']) {
      const upgrade = `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: sip\r\n\r\n`;
      await sendStream(port, [upgrade, randomBytes(5000), Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff])]);
    }
    const response = await fetch(`${carillon.httpUrl}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: carillon.httpUrl },
      body: `{"email":"${'x'.repeat(3_000_000)}"}`,
    });
    expect(response.status).toBe(413);
    for (const path of [
      '/api/%ff',
      '/..%2f..%2fetc/passwd',
      '/api/admin/users/not-a-uuid',
      '/assets/../../package.json',
    ]) {
      const answer = await fetch(carillon.httpUrl + path);
      expect(answer.status, path).toBeLessThan(500);
      expect(await answer.text(), path).not.toContain('workspaces');
    }
    await until('a green health check', async () => (await health()).status === 200);
  });

  it('on an RTP port in use leaves the call clean', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await bob.hears(440, 1);
    const ports = [...bob.log.matchAll(/m=audio (\d+) RTP/g)].map((match) => Number(match[1]));
    expect(ports.length).toBeGreaterThan(1);
    const noise = Array.from({ length: 200 }, (_, i) =>
      Buffer.concat([Buffer.from([0x80, i % 128]), randomBytes(i * 5)]),
    );
    for (const port of new Set(ports)) await sendDatagrams(port, noise);
    await bob.hears(440);
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
  });
});

describe('a part that dies', () => {
  it('the database: health turns red, says so, and recovers by itself', async () => {
    const pid = Number(readFileSync(join(carillon.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await until('a red health check', async () => (await health()).status === 503);
    await until('a green health check', async () => (await health()).status === 200, { timeoutMs: 60_000 });
    expect(carillon.output).toMatch(/database/i);
    await expectCallsWork();
  });

  it('the mediasoup worker: a clear log line, and a new one takes over', async () => {
    const found = spawnSync('pgrep', ['-P', String(carillon.pid), '-f', 'mediasoup-worker'], { encoding: 'utf8' });
    const pids = found.stdout.trim().split('\n').filter(Boolean).map(Number);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until('a log line', () => /mediasoup worker/i.test(carillon.output));
    await until('a green health check', async () => (await health()).status === 200);
    await expectCallsWork();
  });
});
