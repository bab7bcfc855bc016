import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ringAndAnswer } from './flows/flow.js';
import { offer } from './flows/in-dialog.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { FlowPhone } from './harness/flow-phone.js';
import { hasProgram } from './harness/has-program.js';
import { Linphone } from './harness/linphone.js';
import { Phones } from './harness/phones.js';
import type { Portal } from './harness/portal.js';
import { answer, pause, receive } from './harness/sipp-steps.js';
import { loudSeconds, measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

/** A server whose certificate it made itself. */
const DIALS = { CARILLON_TLS_PEERS: '127.0.0.1=insecure' };
const NUMBER = '+49100';

interface Site {
  readonly carillon: Carillon;
  readonly admin: Portal;
  readonly phones: Phones;
}

const hasLinphone = await hasProgram('linphonec');
let near: Site;
let far: Site;
const trunks: [Portal, string][] = [];
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  [near, far] = await Promise.all([site(), site()]);
}, 180_000);
afterEach(async () => {
  await Promise.all([near.phones.stopAll(), far.phones.stopAll()]);
  for (const close of closing.splice(0)) await close();
  for (const [admin, trunkId] of trunks.splice(0)) await admin.do('DELETE', `/api/admin/trunks/${trunkId}`);
});
afterAll(() => Promise.all([near?.carillon.remove(), far?.carillon.remove()]));

async function site(): Promise<Site> {
  const carillon = await Carillon.start(DIALS);
  return { carillon, admin: await adminOf(carillon), phones: new Phones(() => carillon) };
}

/** TLS is beside the SIP port. */
async function trunk({ admin }: Site, { carillon }: Site, mediaEncryption: string): Promise<void> {
  const { trunkId } = await admin.do<{ trunkId: string }>('POST', '/api/admin/trunks', {
    ...{ name: 'Other site', host: '127.0.0.1', port: carillon.demo.sip.tcpPort + 1, transport: 'tls' },
    ...{ mediaEncryption, outbound: [{ pattern: '8.', strip: 1, prepend: '+49' }] },
    inbound: [{ number: NUMBER, extension: '1002' }],
  });
  trunks.push([admin, trunkId]);
  await until('the other site', async () => {
    const [one] = await admin.do<{ state: { reachable: string } | null }[]>('GET', '/api/admin/trunks');
    return one?.state?.reachable === 'yes' || undefined;
  });
}

/** A trunk of each site to the other. */
const join = (one: string, other: string) => Promise.all([trunk(near, far, one), trunk(far, near, other)]);

/** Waits for the ladder of a call of the site that began since then. @returns it as text */
const ladder = ({ admin }: Site, since: number) =>
  until('the ladder', async () => {
    const { calls } = await admin.do<{ calls: { callId: string; startedAt: string }[] }>(
      'GET',
      '/api/admin/calls?limit=1',
    );
    const [call] = calls;
    if (call === undefined || Date.parse(call.startedAt) < since) return undefined;
    return (await admin.bytes(`/api/calls/${call.callId}/ladder.txt`)).toString();
  });

describe('SRTP on a trunk over TLS', () => {
  it('carries sound both ways, after hold as well', async () => {
    await join('srtp', 'srtp');
    const alice = await near.phones.start('1001', { tone: 440 });
    const bob = await far.phones.start('1002', { tone: 700 });
    alice.dial('8100');
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    bob.hold();
    await bob.soundFlows(false);
    bob.resume();
    await Promise.all([alice.soundFlows(), bob.soundFlows()]);
    alice.hold();
    await alice.soundFlows(false);
    alice.resume();
    await Promise.all([alice.soundFlows(), bob.soundFlows()]);
    bob.hangUp();
    await alice.seen('CALL_CLOSED');
  });

  it('carries the sound of who is sent on at the other site', async () => {
    await join('srtp', 'srtp');
    const alice = await near.phones.start('1001', { tone: 440 });
    const bob = await far.phones.start('1002', { tone: 700 });
    const carol = await far.phones.start('1003', { tone: 900 });
    const began = Date.now();
    alice.dial('8100');
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    bob.transfer('1003');
    await carol.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(900), carol.hears(440)]);
    alice.hangUp();
    await carol.seen('CALL_CLOSED');
    const text = await ladder(near, began);
    expect(text).toMatch(/m=audio \d+ RTP\/SAVP /);
    expect(text).toMatch(/a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x+/);
  });

  it.skipIf(!hasLinphone)('carries the music to who is held at the other site', async () => {
    await join('srtp', 'srtp');
    // What is heard is not of the site of who hears it.
    await far.admin.do('PUT', '/api/admin/sip', { holdMusic: 'silence' });
    const silent = await FlowPhone.plugIn(near.carillon, '1002', 'udp');
    const { sipUser: user, sipPassword: password } = far.carillon.staff('1001');
    const { domain, udpPort: serverPort } = far.carillon.demo.sip;
    const held = await Linphone.start({ user, password, domain, serverPort, tone: 440 });
    closing.push(
      () => held.stop(),
      () => silent.unplug(),
      () => far.admin.do('PUT', '/api/admin/sip', { holdMusic: 'built-in' }),
    );
    await silent.register();
    const part = await silent.play('holds', [
      ...ringAndAnswer(),
      pause(1500),
      ...offer(1, 'inactive', 'inactive'),
      receive('BYE'),
      answer('200 OK'),
    ]);
    held.dial('8100');
    await held.inCall();
    await held.logs(/to LinphoneCallPausedByRemote/);
    await sleep(5000);
    held.command('terminate');
    await silent.finish(part);
    await held.logs(/to LinphoneCallReleased/);
    // Before it was held, its own tone came back to it.
    const heard = held.heard();
    expect(loudSeconds(heard) - measureTone(heard, 440, 0.6).seconds).toBeGreaterThan(3);
  });

  it.each([
    ['asked for where it can be had, and had', 'srtp-optional', 'none'],
    ['asked for by the other side alone', 'none', 'srtp-optional'],
  ])('is %s, in calls of both sites', async (_what, ours, theirs) => {
    await join(ours, theirs);
    const alice = await near.phones.start('1002', { tone: 440 });
    const bob = await far.phones.start('1002', { tone: 700 });
    for (const [caller, callee, site] of [
      [alice, bob, near],
      [bob, alice, far],
    ] as const) {
      const before = callee.count('CALL_ESTABLISHED');
      const closed = caller.count('CALL_CLOSED');
      const left = callee.count('CALL_CLOSED');
      const began = Date.now();
      caller.dial('8100');
      await callee.seen('CALL_ESTABLISHED', { count: before + 1 });
      await Promise.all([alice.hears(700), bob.hears(440)]);
      caller.hangUp();
      await caller.seen('CALL_CLOSED', { count: closed + 1 });
      await callee.seen('CALL_CLOSED', { count: left + 1 });
      const asks = (site === near ? ours : theirs) !== 'none';
      expect(/m=audio \d+ RTP\/SAVP /.test(await ladder(site, began))).toBe(asks);
    }
  });

  it('refuses a call in the clear with 488 and says why, in the ladder as well', async () => {
    await join('none', 'srtp');
    const alice = await near.phones.start('1001', { tone: 440 });
    const began = Date.now();
    alice.dial('8100');
    await alice.seen('CALL_CLOSED');
    await alice.logs(/SIP\/2\.0 488/);
    const text = await ladder(far, began);
    expect(text).toContain('this line takes SRTP alone');
    expect(text).toMatch(/Warning: 302 /);
  });
});
