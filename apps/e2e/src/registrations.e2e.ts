import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { ProbePhone, type ProbeAnswer } from './harness/probe-phone.js';
import { sleep, until } from './harness/wait.js';

/** A server that is flooded, or starts anew, answers late. */
const ANSWER_MS = 20_000;
let carillon: Carillon;
const plugged: ProbePhone[] = [];

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(async () => {
  for (const phone of plugged.splice(0)) phone.unplug();
  await carillon.revive();
});
afterAll(() => carillon?.remove());

async function plugIn(extension: string): Promise<ProbePhone> {
  const phone = await ProbePhone.plugIn(carillon, extension, ANSWER_MS);
  plugged.push(phone);
  return phone;
}

/** @returns how long a REGISTER takes until it is granted, ms: the median of some, 200 ms apart */
async function medianOf(turns: number, register: () => Promise<ProbeAnswer>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const began = performance.now();
    expect((await register()).status).toBe(200);
    times.push(performance.now() - began);
    await sleep(200);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(turns / 2)] ?? Number.NaN;
}

describe('a server that is killed', () => {
  it('knows afterwards every registration that it had acknowledged, and of each refresh all but a minute', async () => {
    const phones = await Promise.all(carillon.demo.staff.map(({ extension }) => plugIn(extension)));
    const [added, changed, ...refreshed] = phones;
    if (added === undefined || changed === undefined || refreshed.length === 0) throw new Error('Too few extensions');
    const began = Date.now();
    for (const phone of [changed, ...refreshed]) expect((await phone.registerFor(600)).status).toBe(200);
    // By 50 s longer each: within what may be lost, so nothing has to be written before the kill.
    for (const phone of refreshed) expect((await phone.registerFor(650)).status).toBe(200);
    // A shorter time is a change, and so is a new contact: both are written before they are answered.
    const answers = await Promise.all([added.registerFor(900), changed.registerFor(300)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await carillon.end('SIGKILL');
    await carillon.run();
    const passed = (): number => (Date.now() - began) / 1000;

    // What is read at the start is good for two minutes more (docs/decisions/0007).
    const left = async (phone: ProbePhone): Promise<number> => (await phone.secondsLeft()) ?? Number.NaN;
    expect(await left(added)).toBeGreaterThan(900 - passed() - 2);
    const shortened = await left(changed);
    expect(shortened).toBeGreaterThan(300 - passed() - 2);
    expect(shortened).toBeLessThanOrEqual(300 + 120);
    for (const phone of refreshed) {
      const seconds = await left(phone);
      expect(seconds).toBeGreaterThan(650 - 60 - passed() - 2);
      expect(seconds).toBeLessThanOrEqual(650 + 120);
    }
    for (const phone of phones) expect((await phone.registerFor(0)).status).toBe(200);
  });
});

describe('a flood from one source', () => {
  it('over UDP, TCP and WebSocket keeps no other phone waiting, and fills no memory', async ({ onTestFinished }) => {
    const phone = await plugIn(carillon.demo.staff[0]?.extension ?? '');
    expect((await phone.registerFor(600)).status).toBe(200);
    const calm = await medianOf(5, () => phone.registerFor(600));
    const before = memoryMegabytes();
    const flood = startFlood(carillon);
    onTestFinished(() => flood.stop());
    const flooded = await medianOf(20, () => phone.registerFor(600));
    await flood.stop();
    const { sent } = flood;
    expect(sent.udp).toBeGreaterThan(1_000);
    expect(sent.tcp).toBeGreaterThan(1_000);
    expect(sent.ws).toBeGreaterThan(100);
    // Two round trips, without a repetition: that would be 500 ms and more. A machine that others use has less to give.
    expect(flooded).toBeLessThan(Math.max(500, 5 * calm));
    expect(memoryMegabytes() - before).toBeLessThan(150);
    await until('a green health check', async () => (await fetch(`${carillon.httpUrl}/health`)).status === 200);
  });
});

function memoryMegabytes(): number {
  const status = readFileSync(`/proc/${carillon.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Messages a turn, and how often: bounded, and less than what two cores can only just take. */
const FLOOD = { each: 20, everyMs: 20, mostSeconds: 20 } as const;

/** Garbage and valid REGISTERs without credentials, in turn, over all that is open. */
function startFlood({ sipPort, httpUrl, demo }: Carillon) {
  const sent = { udp: 0, tcp: 0, ws: 0 };
  const datagrams = createSocket('udp4').on('error', () => undefined);
  let stream = connect(sipPort, '127.0.0.1').on('error', () => undefined);
  stream.resume();
  const open = (): WebSocket => {
    const socket = new WebSocket(`${httpUrl.replace('http', 'ws')}/sip`, 'sip');
    return socket.on('error', () => undefined);
  };
  let socket = open();
  let isStopped = false;
  const end = Date.now() + FLOOD.mostSeconds * 1000;
  const timer = setInterval(() => {
    if (Date.now() > end) clearInterval(timer);
    // Who is shed comes back at once.
    if (stream.destroyed) {
      stream = connect(sipPort, '127.0.0.1').on('error', () => undefined);
      stream.resume();
    }
    if (socket.readyState === WebSocket.CLOSED) socket = open();
    for (let at = 0; at < FLOOD.each; at += 1) {
      const isGarbage = at % 2 === 0;
      datagrams.send(isGarbage ? randomBytes(300) : stranger('UDP', demo.sip.domain), sipPort, '127.0.0.1');
      sent.udp += 1;
      // Garbage once in a while: it costs the connection.
      stream.write(at === 7 && sent.tcp % 400 === 7 ? randomBytes(300) : stranger('TCP', demo.sip.domain));
      sent.tcp += 1;
      if (socket.readyState !== WebSocket.OPEN || at % 4 > 0) continue;
      socket.send(isGarbage && sent.ws % 50 === 0 ? randomBytes(300) : stranger('WS', demo.sip.domain));
      sent.ws += 1;
    }
  }, FLOOD.everyMs);
  return {
    sent,
    stop: async () => {
      clearInterval(timer);
      await sleep(100);
      if (isStopped) return;
      isStopped = true;
      datagrams.close();
      stream.destroy();
      socket.terminate();
    },
  };
}

function stranger(protocol: 'UDP' | 'TCP' | 'WS', domain: string): Buffer {
  const id = randomBytes(6).toString('hex');
  return Buffer.from(
    [
      `REGISTER sip:${domain} SIP/2.0`,
      `Via: SIP/2.0/${protocol} 127.0.0.1:9;branch=z9hG4bK${id};rport`,
      'Max-Forwards: 70',
      `From: <sip:${id}@${domain}>;tag=${id}`,
      `To: <sip:${id}@${domain}>`,
      `Call-ID: ${id}`,
      'CSeq: 1 REGISTER',
      `Contact: <sip:${id}@127.0.0.1:9>`,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}
