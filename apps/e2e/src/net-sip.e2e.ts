import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { hasNetSip, NetSip } from './harness/net-sip.js';
import { Phones } from './harness/phones.js';
import { sleep } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);
const running: NetSip[] = [];

/** Net::SIP as 1001, speaking 440 Hz. */
async function start(transport: 'udp' | 'tcp' = 'udp'): Promise<NetSip> {
  const { sipUser: user, sipPassword: password } = carillon.staff('1001');
  const { domain, udpPort: serverPort } = carillon.demo.sip;
  const phone = await NetSip.start({ user, password, domain, serverPort, transport, tone: 440 });
  running.push(phone);
  return phone;
}

describe.skipIf(!(await hasNetSip()))('Net::SIP', () => {
  beforeAll(async () => {
    carillon = await Carillon.start();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((phone) => phone.stop()));
    await phones.stopAll();
  });
  afterAll(() => carillon?.remove());

  it.each(['udp', 'tcp'] as const)('over %s calls and is called, and both hear each other', async (transport) => {
    const perl = await start(transport);
    const bob = await phones.start('1002', { tone: 700 });
    await perl.does('dial 1002', 'ESTABLISHED');
    await Promise.all([bob.hears(440), perl.hears(700)]);
    await perl.does('hangup', 'CLOSED');
    await bob.seen('CALL_CLOSED');
    const from = perl.output.length;
    bob.dial('1001');
    await perl.sees('ESTABLISHED', from);
    await Promise.all([bob.hears(440), perl.hears(700)]);
    bob.hangUp();
    await perl.sees('CLOSED', from);
  });

  it('holds by the address 0.0.0.0 (RFC 3264 §8.4), which the other side hears of as sendonly, and resumes', async () => {
    const perl = await start();
    const bob = await phones.start('1002', { tone: 700 });
    await perl.does('dial 1002', 'ESTABLISHED');
    await bob.hears(440);
    const before = bob.log.length;
    await perl.does('hold', 'HELD OK');
    await bob.logs(/a=sendonly[^]*a=recvonly/);
    expect(bob.log.slice(before)).not.toContain('0.0.0.0');
    await perl.does('resume', 'RESUMED OK');
    await Promise.all([bob.soundFlows(), perl.hears(700)]);
    await perl.does('hangup', 'CLOSED');
    await bob.seen('CALL_CLOSED');
  });

  it('is held and resumed, and moved to somebody else, by re-INVITE alone: it would not answer UPDATE', async () => {
    const perl = await start();
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 900 });
    await perl.does('dial 1002', 'ESTABLISHED');
    await perl.hears(700);
    bob.hold();
    await bob.soundFlows(false);
    const held = perl.secondsHeard(700);
    await sleep(1000);
    expect(perl.secondsHeard(700) - held).toBeLessThan(0.3);
    bob.resume();
    await perl.hears(700);
    bob.transfer('1003');
    await carol.seen('CALL_ESTABLISHED');
    await Promise.all([carol.hears(440), perl.hears(900)]);
    await perl.does('hangup', 'CLOSED');
    await carol.seen('CALL_CLOSED');
  });

  it('describes itself in the ACK alone (RFC 3264 §5), and both hear each other', async () => {
    const perl = await start();
    const bob = await phones.start('1002', { tone: 700 });
    await perl.does('dial 1002 late', 'ESTABLISHED');
    await Promise.all([bob.hears(440), perl.hears(700)]);
    await perl.does('hangup', 'CLOSED');
    await bob.seen('CALL_CLOSED');
  });

  it('presses keys that the menu follows, hears those of others, gives up a call, and is refused', async () => {
    const perl = await start();
    const bob = await phones.start('1002', { tone: 700 });
    await perl.does(`dial ${carillon.demo.ivr}`, 'ESTABLISHED');
    await sleep(2500);
    // An extension, and which.
    await perl.does('press 3', 'PRESSED');
    await sleep(2000);
    const from = perl.output.length;
    await perl.does('press 1002', 'PRESSED');
    await bob.seen('CALL_ESTABLISHED');
    await perl.hears(700);
    await bob.press('7');
    await perl.sees('KEY 7', from);
    await perl.does('hangup', 'CLOSED');
    await bob.seen('CALL_CLOSED');

    const silent = await phones.start('1003', { tone: 900, answer: 'manual' });
    await perl.does('dial 1003', 'PROGRESS 180');
    await perl.does('cancel', 'REFUSED 487');
    await silent.seen('CALL_CLOSED');
    await callOf(carillon, '1001', ({ outcome, to }) => outcome === 'cancelled' && to.number === '1003');
    await perl.does('dial 7999', 'REFUSED 404');
  });
});
