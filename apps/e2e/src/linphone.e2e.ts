import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { hasProgram } from './harness/has-program.js';
import { Linphone, type LinphoneOptions } from './harness/linphone.js';
import { Mailbox } from './harness/mailbox.js';
import { Phones } from './harness/phones.js';
import { loudSeconds, measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

/** In which twice as much sound comes as has to be heard. */
const LISTEN_MS = 3500;

let carillon: Carillon;
const phones = new Phones(() => carillon);
const linphones: Linphone[] = [];

/** What a phone of that extension logs in with. */
function accountOf(extension: string): Pick<LinphoneOptions, 'user' | 'password'> {
  const { sipUser, sipPassword } = carillon.staff(extension);
  return { user: sipUser, password: sipPassword };
}

/** Linphone as 1001, speaking 440 Hz. */
async function startLinphone(transport: 'udp' | 'tls', more: Partial<LinphoneOptions> = {}): Promise<Linphone> {
  const { domain, udpPort, tcpPort } = carillon.demo.sip;
  const linphone = await Linphone.start({
    ...accountOf('1001'),
    domain,
    transport,
    // TLS is beside the SIP port.
    serverPort: transport === 'tls' ? tcpPort + 1 : udpPort,
    ...(transport === 'tls' ? { authorities: join(carillon.dataDir, 'tls-certificate.pem') } : {}),
    tone: 440,
    ...more,
  });
  linphones.push(linphone);
  return linphone;
}

describe.skipIf(!(await hasProgram('linphonec')))('Linphone', () => {
  beforeAll(async () => {
    carillon = await Carillon.start();
  });
  afterEach(async () => {
    await Promise.all(linphones.splice(0).map((linphone) => linphone.stop()));
    await phones.stopAll();
  });
  afterAll(() => carillon?.remove());

  it('registers and calls where MD5 is not taken, and a phone that knows nothing else stays out', async () => {
    const admin = await adminOf(carillon);
    await admin.do('PUT', '/api/admin/sip', { digest: 'sha256-only' });
    try {
      const linphone = await startLinphone('udp');
      expect(linphone.log).toMatch(/^WWW-Authenticate: .*algorithm=SHA-256/m);
      expect(linphone.log).not.toMatch(/^WWW-Authenticate: (?!.*algorithm=SHA-256)/m);
      const echo = carillon.demo.echo;
      linphone.dial(echo);
      await linphone.inCall();
      // The INVITE was asked for its own proof.
      expect(linphone.log).toMatch(/^INVITE [^]*?Authorization: .*algorithm=SHA-256,/m);
      linphone.command('terminate');
      await linphone.logs(/to LinphoneCallEnd|to LinphoneCallReleased/);
      // baresip 1.0 answers with MD5 alone.
      await expect(phones.start('1002', { tone: 700 })).rejects.toThrow(/in vain/);
      const registrations = await admin.do<{ number: string | null }[]>('GET', '/api/admin/registrations');
      expect(JSON.stringify(registrations)).not.toContain('1002');
    } finally {
      await admin.do('PUT', '/api/admin/sip', { digest: 'by-phone' });
    }
  }, 120_000);

  it.each(['udp', 'tls'] as const)(
    'over %s registers with SHA-256, calls, holds and resumes, and is called; both hear each other',
    async (transport) => {
      const linphone = await startLinphone(transport);
      // RFC 8760 §2.3: the client takes the topmost challenge that it supports.
      expect(linphone.log).toMatch(/^Authorization: .*algorithm=SHA-256,/m);
      expect(linphone.log).toContain(`Via: SIP/2.0/${transport.toUpperCase()}`);

      const bob = await phones.start('1002', { tone: 700 });
      linphone.dial('1002');
      await linphone.inCall();
      await bob.seen('CALL_ESTABLISHED');
      await bob.hears(440, 1.5);
      const beforeHold = bob.log.length;
      const heardBeforeHold = measureTone(bob.heard(), 440).seconds;
      linphone.command('pause');
      await linphone.logs(/to LinphoneCallPaused/);
      await sleep(2500);
      // RFC 3264 §8.4: the held phone is offered sendonly. Linphone's tone no longer comes.
      expect(bob.log.slice(beforeHold)).toMatch(/^a=sendonly/m);
      expect(measureTone(bob.heard(), 440).seconds - heardBeforeHold).toBeLessThan(0.5);
      const heardWhileHeld = linphone.secondsHeard(700);
      linphone.command('resume');
      await linphone.inCall(2);
      // Once held, this baresip plays what comes and does not record it.
      await Promise.all([bob.soundFlows(), sleep(LISTEN_MS)]);
      bob.hangUp();
      await linphone.logs(/to LinphoneCallReleased/);
      await linphone.hears(700, 1.5, heardWhileHeld);

      const heardBefore = linphone.secondsHeard(700);
      bob.dial('1001');
      await linphone.inCall(3);
      await Promise.all([bob.hears(440, 1.5), sleep(LISTEN_MS)]);
      linphone.command('terminate');
      await bob.seen('CALL_CLOSED', { count: 2 });
      await linphone.hears(700, 1.5, heardBefore);
    },
  );

  it('transfers its caller blindly, and is told how that went', async () => {
    const linphone = await startLinphone('tls');
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 900 });
    bob.dial('1001');
    await linphone.inCall();
    await sleep(1000);
    linphone.transfer('1003');
    await carol.seen('CALL_ESTABLISHED');
    await linphone.logs(/to LinphoneCallEnd/);
    await Promise.all([carol.hears(700, 1.5), bob.hears(900, 1.5)]);
    expect(bob.count('CALL_CLOSED')).toBe(0);
    carol.hangUp();
    await bob.seen('CALL_CLOSED');
    // RFC 3515 §2.4.5: notifications tell the progress; the last one ends the subscription.
    await linphone.logs(/\nSubscription-State: terminated;reason=noresource/);
    await linphone.logs(/Transfer state .* to \[LinphoneCallConnected\]/);
  });

  it('consults with a third and transfers with Replaces: the one it was called by is heard there', async () => {
    const linphone = await startLinphone('udp');
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 900 });
    bob.dial('1001');
    await linphone.inCall();
    await sleep(1000);
    linphone.command('pause');
    await linphone.logs(/to LinphoneCallPaused/);
    linphone.dial('1003');
    await carol.seen('CALL_ESTABLISHED');
    await linphone.inCall(2);
    await sleep(1500);
    const [bobBefore, carolBefore] = [measureTone(bob.heard(), 900).seconds, measureTone(carol.heard(), 700).seconds];
    // Each hears the one who transfers, not the other.
    expect([bobBefore, carolBefore].every((seconds) => seconds < 0.3)).toBe(true);
    linphone.command('transfer 1 --to-call 2');
    await linphone.logs(/to LinphoneCallEnd/, { count: 2 });
    expect(linphone.log).toMatch(/^Refer-To: .*\?Replaces=/m);
    // What Bob hears is measured below: once held, this baresip plays what comes and does not record it.
    await carol.hears(700, 1.5);
    await sleep(1000);
    expect([bob.count('CALL_CLOSED'), carol.count('CALL_CLOSED')]).toEqual([0, 0]);
    carol.hangUp();
    await bob.seen('CALL_CLOSED');
  });

  it('transfers with Replaces another Linphone that it has on hold: both who stay hear each other', async () => {
    const alice = await startLinphone('udp');
    const bob = await startLinphone('udp', { ...accountOf('1002'), tone: 700 });
    const carol = await phones.start('1003', { tone: 900 });
    alice.dial('1002');
    await alice.inCall();
    await bob.inCall();
    await sleep(1000);
    alice.command('pause');
    await bob.logs(/to LinphoneCallPausedByRemote/);
    alice.dial('1003');
    await carol.seen('CALL_ESTABLISHED');
    await alice.inCall(2);
    await sleep(1500);
    expect(measureTone(bob.heard(), 900).seconds).toBeLessThan(0.3);
    expect(measureTone(carol.heard(), 700).seconds).toBeLessThan(0.3);
    alice.command('transfer 1 --to-call 2');
    await alice.logs(/to LinphoneCallEnd/, { count: 2 });
    // Taken off hold by an offer of sendrecv (RFC 3264 §8.4), not by the next party's name alone.
    await bob.inCall(2);
    await Promise.all([carol.hears(700, 1.5), sleep(LISTEN_MS)]);
    carol.hangUp();
    await bob.logs(/to LinphoneCallEnd/);
    await bob.hears(900);
  });

  it.each([
    ['opus', /^m=audio \d+ RTP\/AVP 96\b/],
    ['g722', /^m=audio \d+ RTP\/AVP 9\b/],
  ] as const)('speaks %s, and hears its own tone from the echo service', async (codec, first) => {
    const linphone = await startLinphone('udp', { codec });
    linphone.dial(carillon.demo.echo);
    await linphone.inCall();
    // Something is said at the beginning.
    await sleep(5000 + LISTEN_MS);
    linphone.command('terminate');
    await linphone.logs(/to LinphoneCallReleased/);
    await linphone.hears(440, 2);
    // It comes first in the offer, and in the answer.
    const described = linphone.log.match(/^m=audio .*$/gm) ?? [];
    expect(described.filter((line) => first.test(line)).length, described.join('\n')).toBeGreaterThan(1);
  });

  it('with G.722 and a desk phone with G.711 hear each other', async () => {
    const linphone = await startLinphone('udp', { codec: 'g722' });
    const bob = await phones.start('1002', { tone: 700 });
    bob.dial('1001');
    await linphone.inCall();
    await Promise.all([bob.hears(440), sleep(LISTEN_MS)]);
    linphone.command('terminate');
    await bob.seen('CALL_CLOSED');
    await linphone.hears(700);
  });

  it('that plays music of its own to whom it holds is heard instead of ours', async () => {
    // What it plays from a file it plays on hold as well.
    const holding = await startLinphone('udp');
    const held = await startLinphone('udp', { ...accountOf('1002'), tone: 700 });
    holding.dial('1002');
    await Promise.all([holding.inCall(), held.inCall()]);
    await sleep(1000);
    holding.command('pause');
    await held.logs(/to LinphoneCallPausedByRemote/);
    await sleep(5000);
    holding.command('terminate');
    await held.logs(/to LinphoneCallReleased/);
    await held.hears(440, 4);
    const heard = held.heard();
    expect(loudSeconds(heard) - measureTone(heard, 440, 0.6).seconds, 'seconds of anything else').toBeLessThan(1);
  });

  it('leaves a voicemail, in which its tone is heard', async () => {
    const mailbox = await Mailbox.openEmpty(carillon, '1004');
    const linphone = await startLinphone('udp');
    linphone.dial('1004');
    await linphone.inCall();
    // As long as the greeting takes, and a message.
    await sleep(12_000);
    linphone.command('terminate');
    const message = await mailbox.newest();
    expect(message.from.number).toBe('1001');
    expect(measureTone(await mailbox.audio(message), 440).seconds).toBeGreaterThan(1.5);
  });
});
