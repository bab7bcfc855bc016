import { createSocket, type Socket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sippFields, sippServer, startAnsweringSipp } from './harness/answering-sipp.js';
import { adminOf, callOf, portalOf, type CallRecord } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { hasProgram } from './harness/has-program.js';
import { Kamailio } from './harness/kamailio.js';
import { ladderTimes } from './harness/ladder-times.js';
import { Phones } from './harness/phones.js';
import { freePorts } from './harness/ports.js';
import { addOrganisation } from './harness/second-organisation.js';
import { Sipp } from './harness/sipp.js';
import { loudSeconds, measureToneInFile } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

/** How long a caller speaks to a mailbox. */
const MESSAGE_MS = 3_000;
/** Of an organisation whose phones do not ring for long. */
const SHORT_RING_SECONDS = 5;

let carillon: Carillon;
const phones = new Phones(() => carillon);
const KAMAILIO = await hasProgram('kamailio');

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

async function choose(sipRole: 'b2bua' | 'proxy' | 'redirect'): Promise<void> {
  const admin = await adminOf(carillon);
  await admin.do('PUT', '/api/admin/sip', { sipRole });
}

const call = (scenario: string, from: string, to: string) =>
  Sipp.run({ scenario, server: sippServer(carillon), fields: [...sippFields(carillon, from), to] });

/** A call that is over and no older than the test. */
const isSince = (began: number, wanted: string) => (call: CallRecord) =>
  call.outcome === wanted && Date.parse(call.startedAt) >= began;

/** The port that a side offers or answers sound at, as SIPp wrote it down. */
const soundPorts = (messages: string): Set<string> =>
  new Set([...messages.matchAll(/m=audio (\d+)/g)].map(([, port]) => port ?? ''));

/** SIPp's scenarios, changed for one test. */
const scenarioOf = (name: string): string => readFileSync(join(import.meta.dirname, 'scenarios', name), 'utf8');
/** Without the BYE at its end, as of a phone that lost its power. */
const withoutEnd = (name: string): string =>
  `${scenarioOf(name).split(/ {2}<(?:pause milliseconds="1500"|recv request="BYE")/)[0]}</scenario>`;
const withSessionTimer = (name: string): string =>
  scenarioOf(name).replaceAll('Content-Type: application/sdp', 'Supported: timer\nContent-Type: application/sdp');
const inInstance = (urn: string): string =>
  scenarioOf('register-only.xml').replaceAll(
    'transport=[transport]>',
    `transport=[transport]>;+sip.instance="<${urn}>"`,
  );

async function newestVoicemail(extension: string): Promise<Buffer> {
  const portal = await portalOf(carillon, extension);
  const message = await until('the voicemail', async () => {
    const [first] = await portal.do<{ voicemailMessageId: string; heard?: boolean }[]>('GET', '/api/voicemail');
    return first;
  });
  const audio = await portal.bytes(`/api/voicemail/${message.voicemailMessageId}/audio`);
  await portal.do('DELETE', `/api/voicemail/${message.voicemailMessageId}`);
  return audio;
}

/** A phone that is there, and silent. @returns what it hears */
async function registerSilent(extension: string): Promise<{ silent: Socket; heard: string[] }> {
  const port = await freePorts(2);
  const registered = await Sipp.run({
    scenario: 'register-only.xml',
    ...{ server: sippServer(carillon), fields: sippFields(carillon, extension), port },
  });
  expect(registered.code, registered.errors).toBe(0);
  const silent = createSocket('udp4');
  const heard: string[] = [];
  silent.on('message', (bytes) => void heard.push(bytes.toString('latin1')));
  await new Promise<void>((settle) => silent.bind(port, '127.0.0.1', settle));
  return { silent, heard };
}

/** What a phone says to a request that it has heard. */
function answer(phone: Socket, request: string, status: string): void {
  const kept = request.split('\r\n').filter((line) => /^(?:Via|From|Call-ID|CSeq|Record-Route):/i.test(line));
  const to = /^To:.*$/im.exec(request)?.[0].trim() ?? '';
  const contact = `Contact: <sip:1004@127.0.0.1:${phone.address().port}>`;
  const lines = [`SIP/2.0 ${status}`, ...kept, `${to};tag=late`, contact, 'Content-Length: 0', '', ''];
  phone.send(lines.join('\r\n'), carillon.demo.sip.udpPort, '127.0.0.1');
}

async function liveCalls(): Promise<number> {
  const admin = await adminOf(carillon);
  return (await admin.do<unknown[]>('GET', '/api/admin/calls/live')).length;
}

describe('the choice of a role', () => {
  it('is the admin’s alone, is written down, and touches no other organisation', async () => {
    const admin = await adminOf(carillon);
    expect(await admin.do('GET', '/api/admin/sip')).toMatchObject({ sipRole: 'b2bua' });
    const member = await portalOf(carillon, '1001');
    expect((await member.send('GET', '/api/admin/sip')).status).toBe(403);
    expect((await member.send('PUT', '/api/admin/sip', { sipRole: 'proxy' })).status).toBe(403);
    expect((await admin.send('PUT', '/api/admin/sip', { sipRole: 'router' })).status).toBe(400);
    const other = await addOrganisation(carillon);
    await other.do('PUT', '/api/admin/sip', { sipRole: 'redirect' });
    expect(await admin.do('GET', '/api/admin/sip')).toMatchObject({ sipRole: 'b2bua' });
    await choose('proxy');
    expect(await other.do('GET', '/api/admin/sip')).toMatchObject({ sipRole: 'redirect' });
    const audit = JSON.stringify(await admin.do('GET', '/api/admin/audit'));
    expect(audit).toContain('sip-role.changed');
  });
});

describe('as a proxy', () => {
  beforeAll(() => choose('proxy'));

  it('asks with 407, passes the call on, stays in its path, and the phones talk directly', async () => {
    const callee = await startAnsweringSipp(carillon, '1005', 'answer.xml');
    const caller = await call('call.xml', '1006', '1005');
    const answered = await callee.result();
    expect(caller.code, caller.errors).toBe(0);
    expect(answered.code, answered.errors).toBe(0);
    expect(caller.messages).toMatch(/SIP\/2\.0 407 /);
    expect(answered.messages).toMatch(/Record-Route: <sip:[^>]*;lr;ck=[0-9a-f]{16}>/);
    expect(answered.messages).toMatch(/P-Asserted-Identity: .*sip:1006@/);
    expect(answered.messages).not.toMatch(/Proxy-Authorization/);
    // Both sides see the same two ports: nobody has put their own in between.
    expect(soundPorts(answered.messages)).toEqual(soundPorts(caller.messages));
    // The BYE came through us.
    const record = await callOf(carillon, '1006', ({ outcome }) => outcome === 'answered');
    expect(record).toMatchObject({ from: { number: '1006' }, to: { number: '1005', kind: 'user' }, sipStatus: 200 });
  });

  it('lets desk phones hear each other', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    bob.hangUp();
    await alice.seen('CALL_CLOSED');
  });

  it('forks to two phones and calls the loser off with the reason', async () => {
    const loser = await startAnsweringSipp(carillon, '1005', 'answer-cancelled.xml');
    const winner = await phones.start('1005', { tone: 700, answer: 'manual' });
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('1005');
    await winner.seen('CALL_INCOMING');
    winner.accept();
    await caller.seen('CALL_ESTABLISHED');
    const lost = await loser.result();
    expect(lost.code, lost.errors).toBe(0);
    caller.hangUp();
    await winner.seen('CALL_CLOSED');
  });

  it.each([
    ['is busy', scenarioOf('answer-busy.xml')],
    ['does not answer', scenarioOf('answer-cancelled.xml').replace('cause=200', 'cause=408')],
  ])('goes on to voicemail when the phone %s', async (_, scenario) => {
    const admin = await adminOf(carillon);
    await admin.do('PUT', '/api/admin/sip', { ringSeconds: SHORT_RING_SECONDS });
    const callee = await startAnsweringSipp(carillon, '1004', scenario);
    const caller = await phones.start('1001', { tone: 440 });
    const began = Date.now();
    caller.dial('1004');
    await caller.seen('CALL_ESTABLISHED');
    const refused = await callee.result();
    expect(refused.code, refused.errors).toBe(0);
    // It came to the phone by the proxy.
    expect(refused.messages).toMatch(/Record-Route: <sip:[^>]*;lr;ck=[0-9a-f]{16}>/);
    await caller.hearsBeep();
    expect(loudSeconds(caller.heard()), 'greeting and tone').toBeGreaterThan(2);
    await sleep(MESSAGE_MS);
    caller.hangUp();
    await caller.seen('CALL_CLOSED');
    const file = join(carillon.dataDir, 'voicemail.wav');
    writeFileSync(file, await newestVoicemail('1004'));
    expect(measureToneInFile(file, 440).seconds).toBeGreaterThan(1.5);
    const { callId, to } = await callOf(carillon, '1001', isSince(began, 'voicemail'));
    expect(to.number).toBe('1004');
    // The phone of the test before may still be registered, and silent: it keeps nobody waiting.
    const [rang, answered] = await ladderTimes(carillon, callId, 'in INVITE', 'out 200 INVITE');
    expect(answered - rang).toBeLessThan(SHORT_RING_SECONDS + 2);
  });

  it('goes on to voicemail when the phone says nothing at all, as soon as it has had its time', async () => {
    await (await adminOf(carillon)).do('PUT', '/api/admin/sip', { ringSeconds: SHORT_RING_SECONDS });
    const { silent, heard } = await registerSilent('1004');
    try {
      const caller = await phones.start('1001', { tone: 440 });
      const began = Date.now();
      caller.dial('1004');
      await caller.seen('CALL_ESTABLISHED');
      expect(heard.length).toBeGreaterThan(1);
      // It wakes up too late: what rings now would ring for nobody, and who answers would talk to nobody.
      const invite = heard[0] ?? '';
      answer(silent, invite, '180 Ringing');
      await until('the CANCEL', () => heard.some((text) => text.startsWith('CANCEL ')));
      answer(silent, invite, '200 OK');
      await until('the BYE', () => heard.some((text) => text.startsWith('BYE ')));
      expect(heard.some((text) => text.startsWith('ACK '))).toBe(true);
      // The mailbox has the call all the same.
      expect(caller.count('CALL_CLOSED')).toBe(0);
      caller.hangUp();
      await caller.seen('CALL_CLOSED');
      const { callId } = await callOf(carillon, '1001', isSince(began, 'voicemail'));
      const [rang, answered] = await ladderTimes(carillon, callId, 'in INVITE', 'out 200 INVITE');
      expect(answered - rang).toBeGreaterThanOrEqual(SHORT_RING_SECONDS - 0.01);
      expect(answered - rang).toBeLessThan(SHORT_RING_SECONDS + 2);
    } finally {
      silent.close();
    }
  });

  it('goes on to voicemail when no phone is registered', async () => {
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('1003');
    await caller.seen('CALL_ESTABLISHED');
    caller.hangUp();
    await caller.seen('CALL_CLOSED');
  });

  it('gives up a call that nobody takes when the caller hangs up', async () => {
    const callee = await phones.start('1003', { tone: 700, answer: 'manual' });
    const began = Date.now();
    const caller = await call('call-cancel.xml', '1006', '1003');
    expect(caller.code, caller.errors).toBe(0);
    await callee.seen('CALL_CLOSED');
    await callOf(carillon, '1006', isSince(began, 'cancelled'));
  });

  it('tells a caller that gives up so within the second, though the phone has said nothing at all', async () => {
    const { silent, heard } = await registerSilent('1004');
    try {
      // A caller cancels only what it has heard of: our own 100 (RFC 3261 §9.1).
      const hasty = scenarioOf('call-cancel.xml')
        .replace(/<recv response="100" optional="true"\/>\s*<recv response="180"\/>/, '<recv response="100"/>')
        .replace('<recv response="487"', '<recv response="487" timeout="1000"');
      expect(hasty).not.toContain('response="180"');
      const began = Date.now();
      const caller = await call(hasty, '1006', '1004');
      expect(caller.code, caller.errors).toBe(0);
      expect(heard.length).toBeGreaterThan(0);
      await callOf(carillon, '1006', isSince(began, 'cancelled'));
    } finally {
      silent.close();
    }
  });

  it('closes a call in the history when a phone starts anew without having hung up', async () => {
    const port = await freePorts(2);
    const phone = { server: sippServer(carillon), fields: sippFields(carillon, '1005'), port };
    const registration = inInstance('urn:uuid:5c3b0e0a-0000-4000-8000-000000001005');
    expect((await Sipp.run({ ...phone, scenario: registration })).code).toBe(0);
    const callee = await Sipp.start({ ...phone, scenario: withoutEnd('answer.xml') });
    const began = Date.now();
    const caller = await call(withoutEnd('call.xml'), '1006', '1005');
    const answered = await callee.result();
    expect([caller.code, answered.code], caller.errors + answered.errors).toEqual([0, 0]);
    await until('one call', async () => (await liveCalls()) === 1);
    // With the Call-ID of a new start (RFC 3261 §10.2.4).
    expect((await Sipp.run({ ...phone, scenario: registration })).code).toBe(0);
    await until('the call to be over', async () => (await liveCalls()) === 0);
    await callOf(carillon, '1006', isSince(began, 'answered'));
  });

  it('asks for a session timer, and closes a call whose phones say nothing more', async () => {
    const callee = await startAnsweringSipp(carillon, '1005', 'answer.xml');
    const caller = await call(withSessionTimer('call.xml'), '1006', '1005');
    const answered = await callee.result();
    expect([caller.code, answered.code], caller.errors + answered.errors).toEqual([0, 0]);
    // RFC 4028 §8: the phone that answers knows nothing of timers, so the caller is asked to refresh.
    expect(answered.messages).toMatch(/^Session-Expires: 1800\r?$/m);
    expect(caller.messages).toMatch(/^Session-Expires: 1800;refresher=uac\r?$/m);
    expect(caller.messages).toMatch(/^Require: timer\r?$/m);
  });

  it('still takes calls to menus and mailboxes itself', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial(carillon.demo.echo);
    await alice.seen('CALL_ESTABLISHED');
    alice.hangUp();
    await alice.seen('CALL_CLOSED');
    await callOf(carillon, '1001', ({ to, outcome }) => to.kind === 'echo' && outcome === 'answered');
  });

  it.runIf(KAMAILIO)('works behind a Kamailio that phones register and call through', async () => {
    const kamailio = await Kamailio.startInFrontOf(carillon.demo.sip.udpPort);
    try {
      const server = `127.0.0.1:${kamailio.port}`;
      const callee = { server, fields: sippFields(carillon, '1003'), port: await freePorts(2) };
      const registration = await Sipp.run({ scenario: 'register-only.xml', ...callee });
      expect(registration.code, registration.errors).toBe(0);
      const answering = await Sipp.start({ scenario: 'answer.xml', ...callee });
      const caller = await Sipp.run({
        scenario: 'call.xml',
        server,
        fields: [...sippFields(carillon, '1006'), '1003'],
      });
      const answered = await answering.result();
      expect(caller.code, caller.errors).toBe(0);
      expect(answered.code, answered.errors).toBe(0);
      // To the phone by its Path: Kamailio twice and we in between.
      expect(answered.messages.match(/^Record-Route: /gm)?.length).toBeGreaterThanOrEqual(3);
    } finally {
      await kamailio.stop();
    }
  });
});

describe('as a redirect server', () => {
  beforeAll(() => choose('redirect'));
  afterAll(() => choose('b2bua'));

  it('tells the caller where the phone is, and the caller calls it', async () => {
    const callee = await startAnsweringSipp(carillon, '1005', 'answer.xml');
    const caller = await call('call-redirected.xml', '1006', '1005');
    const answered = await callee.result();
    expect(caller.code, caller.errors).toBe(0);
    expect(answered.code, answered.errors).toBe(0);
    expect(caller.messages).toMatch(/SIP\/2\.0 302 /);
    expect(answered.messages).not.toContain('Record-Route');
    expect(await callOf(carillon, '1006', ({ outcome }) => outcome === 'redirected')).toMatchObject({
      ...{ from: { number: '1006' }, to: { number: '1005', kind: 'user' }, sipStatus: 302, answeredAt: null },
      endReason: expect.stringMatching(/^Redirected to sip:.*@127\.0\.0\.1:\d+/),
    });
  });
});
