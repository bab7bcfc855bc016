import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ringAndAnswer, takeBye } from './flows/flow.js';
import { offer } from './flows/in-dialog.js';
import { adminOf, callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { FlowPhone } from './harness/flow-phone.js';
import { hasProgram } from './harness/has-program.js';
import { ladderTimes } from './harness/ladder-times.js';
import { Linphone, type LinphoneOptions } from './harness/linphone.js';
import { pause } from './harness/sipp-steps.js';
import { loudSeconds, measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

const HELD_MS = 4000;
const TONE = 440;
/** Sound beside its own tone is 0.3 s longer, for the windows where one begins and the other ends; and packets get lost. */
const MOST_ASTRAY_SECONDS = { less: 0.4, more: 0.8 };

let carillon: Carillon;
/** Says nothing of its own, and sends back what it hears: what else the other one hears is ours. */
let echoing: FlowPhone;
/** Records a call whole, whatever directions its sound has. */
let held: Linphone | undefined;

beforeAll(async () => {
  carillon = await Carillon.start();
  echoing = await FlowPhone.plugIn(carillon, '1002', 'udp');
  await echoing.register();
});
afterEach(() => held?.stop());
afterAll(async () => {
  echoing?.unplug();
  await carillon?.remove();
});

/** Seconds of sound that the caller heard beside its own tone, and for how long it was held as Carillon had it. */
interface Held {
  readonly music: number;
  readonly time: number;
}

/** It is called, holds, comes back, and is left. */
async function musicWhileHeld(
  direction: 'sendonly' | 'inactive',
  codec: 'pcmu' | 'opus',
  way: Partial<LinphoneOptions> = {},
): Promise<Held> {
  const { sipUser, sipPassword } = carillon.staff('1001');
  const { domain, udpPort } = carillon.demo.sip;
  const began = Date.now();
  held = await Linphone.start({
    user: sipUser,
    password: sipPassword,
    domain,
    serverPort: udpPort,
    tone: TONE,
    codec,
    ...way,
  });
  const part = await echoing.play('holds', [
    ...ringAndAnswer(),
    pause(1500),
    ...offer(1, direction, direction === 'sendonly' ? 'recvonly' : 'inactive'),
    pause(HELD_MS),
    ...offer(2, 'sendrecv', 'sendrecv'),
    ...takeBye(),
  ]);
  held.dial('1002');
  await held.inCall();
  // Its second offer is answered: it has come back.
  await until('the end of the hold', () =>
    /SIP\/2\.0 200 OK\r?\n(?:[^\r\n]+\r?\n)*?CSeq: 2 INVITE\r?\n/.test(part.soFar),
  );
  await sleep(3500);
  held.command('terminate');
  await echoing.finish(part);
  await held.logs(/to LinphoneCallReleased/);
  const heard = held.heard();
  const own = measureTone(heard, TONE, 0.6).seconds;
  // The talk goes on after the hold.
  expect(own).toBeGreaterThan(2);
  const { callId } = await callOf(carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
  // The first one is the answer to the call.
  const [from, to] = await ladderTimes(carillon, callId, 'out 200 INVITE #2', 'out 200 INVITE #3');
  // Other answers than those that begin and end the hold would make it short, and no music enough.
  expect(to - from).toBeGreaterThan(HELD_MS / 1000 - 1);
  return { music: loudSeconds(heard) - own, time: to - from };
}

describe.skipIf(!(await hasProgram('linphonec')))('who is put on hold by a phone that is silent', () => {
  it.each([
    ['sendonly', 'pcmu'],
    ['inactive', 'opus'],
  ] as const)('hears music for as long as it is held, and not longer (%s, %s)', async (direction, codec) => {
    const { music, time } = await musicWhileHeld(direction, codec);
    expect(music).toBeGreaterThan(time - MOST_ASTRAY_SECONDS.less);
    expect(music).toBeLessThan(time + MOST_ASTRAY_SECONDS.more);
  });

  it('hears music by SRTP as well', async () => {
    // TLS is beside the SIP port.
    const way = { transport: 'tls', mediaEncryption: 'srtp', serverPort: carillon.demo.sip.tcpPort + 1 } as const;
    const { music, time } = await musicWhileHeld('sendonly', 'pcmu', way);
    expect(music).toBeGreaterThan(time - MOST_ASTRAY_SECONDS.less);
    expect(music).toBeLessThan(time + MOST_ASTRAY_SECONDS.more);
    expect(held?.log).toMatch(/^m=audio \d+ RTP\/SAVP /m);
  });

  it('hears silence where the organisation wants it so', async () => {
    const admin = await adminOf(carillon);
    await admin.do('PUT', '/api/admin/sip', { holdMusic: 'silence' });
    try {
      expect((await musicWhileHeld('sendonly', 'pcmu')).music).toBeLessThan(MOST_ASTRAY_SECONDS.more);
    } finally {
      await admin.do('PUT', '/api/admin/sip', { holdMusic: 'built-in' });
    }
  });
});
