import type { EventName } from '@carillon/contracts';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import type { InviteSession, OutgoingInvite } from '@carillon/sip-stack';
import { Metrics, silentLogger, SystemClock, TrustedProxies } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSignalling, type RunningSignalling } from './signalling.js';
import { SipWebSocket } from './sip/sip-web-socket.js';
import { MediaSide } from './testing/media-side.js';
import { addOrganisation, type TestOrganisation } from './testing/organisation.js';
import { Phone, PHONE_SDP } from './testing/phone.js';

const PORT = 17_600;
let database: TestDatabase;
let bus: Bus;
let media: MediaSide;
let running: RunningSignalling;
let organisation: TestOrganisation;
const phones: Phone[] = [];
let events: string[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

beforeEach(async () => {
  bus = createMemoryBus();
  media = new MediaSide(bus);
  events = [];
  const names: EventName[] = [
    'call.started',
    'call.answered',
    'call.ended',
    'registration.added',
    'registration.removed',
  ];
  bus.subscribe(names, (_, name) => void events.push(name));
  organisation = await addOrganisation(database.database, ['1001', '1002', '1003'], ['1003']);
  running = await start();
});
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.userAgent.close({ graceMilliseconds: 200 })));
  await running.close();
  await bus.close();
});

function start(): Promise<RunningSignalling> {
  const sip = { host: '127.0.0.1', port: PORT };
  return startSignalling({
    settings: { sip, sipDomain: organisation.domain, advertisedAddress: '127.0.0.1' },
    database: database.database,
    bus,
    clock: new SystemClock(),
    logger: silentLogger(),
    metrics: new Metrics(),
    webSocket: new SipWebSocket(silentLogger(), new TrustedProxies([])),
  });
}

async function phone(
  extension: string,
  { register = true, protocol = 'udp' }: { register?: boolean; protocol?: 'udp' | 'tcp' } = {},
): Promise<Phone> {
  const one = await Phone.start({ organisation, extension, serverPort: PORT, protocol });
  phones.push(one);
  if (register) expect((await one.register()).status).toBe(200);
  return one;
}

async function until<Value>(what: string, probe: () => Value | undefined | false | Promise<Value | undefined | false>) {
  for (let turn = 0; turn < 200; turn += 1) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    await new Promise((settle) => setTimeout(settle, 25));
  }
  throw new Error(`Waited in vain for ${what}`);
}

/** The final answer to a call, as its status; with the session where it was answered. */
function outcome(invite: OutgoingInvite): Promise<{ status: number; session?: InviteSession }> {
  return new Promise((settle) => {
    invite.on('accepted', (session, response) => settle({ status: response.status, session }));
    invite.on('rejected', ({ status }) => settle({ status }));
  });
}

const ringing = (one: Phone) => until('an INVITE', () => one.invites.at(-1));

function record() {
  return database.database.forOrganisation(organisation.organisationId, (tx) =>
    tx.call.findFirst({ orderBy: { startedAt: 'desc' } }),
  );
}

const endedRecord = () =>
  until('the record of the ended call', async () => {
    const row = await record();
    return row !== null && row.endedAt !== null && row;
  });

/** Alice calls Bob and they talk. */
async function talking() {
  const alice = await phone('1001');
  const bob = await phone('1002');
  const result = outcome(alice.call('1002'));
  const invite = await ringing(bob);
  invite.progress(180);
  const callee = invite.accept({ sdp: PHONE_SDP });
  const caller = (await result).session;
  if (callee === undefined || caller === undefined) throw new Error('The call was not answered');
  return { alice, bob, invite, caller, callee };
}

const ended = (session: InviteSession) => new Promise<void>((settle) => void session.on('ended', () => settle()));

describe('registrations', () => {
  it('come, are listed, refreshed and go, each with an event', async () => {
    const one = await phone('1001');
    const list = () => bus.call('registration.list', { organisationId: organisation.organisationId });
    expect(await list()).toMatchObject({ registrations: [{ sipUsername: '1001', protocol: 'udp' }] });
    const again = await one.register({ expires: 120 });
    expect(again.response?.values('Contact')).toHaveLength(1);
    expect((await one.register({ expires: 0 })).status).toBe(200);
    expect(await list()).toMatchObject({ registrations: [] });
    await bus.settled();
    expect(events).toEqual(['registration.added', 'registration.added', 'registration.removed']);
  });

  it('are refused alike with a wrong password and for an unknown user', async () => {
    const one = await phone('1001', { register: false });
    const stranger = await phone('7777', { register: false });
    expect((await one.register({ password: 'wrong' })).status).toBe(403);
    expect((await stranger.register()).status).toBe(403);
    expect((await one.register({ expires: 5 })).status).toBe(423);
  });

  it('of a good device go on while someone at its address guesses passwords, who is slowed', async () => {
    const good = await phone('1001');
    const guesser = await phone('1002', { register: false });
    for (let guess = 0; guess < 11; guess += 1)
      expect((await guesser.register({ password: `guess-${guess}` })).status).toBe(403);
    const before = Date.now();
    expect((await guesser.register()).status).toBe(403);
    expect(Date.now() - before).toBeGreaterThan(1000);
    expect((await good.register()).status).toBe(200);
  });

  it('end when the connection breaks that they came over', async () => {
    const one = await phone('1001', { protocol: 'tcp' });
    await one.userAgent.close();
    await until('the removal', () => events.includes('registration.removed'));
  });

  it('survive a restart, and calls that did not are closed', async () => {
    const bob = await phone('1002');
    const alice = await phone('1001');
    const call = outcome(alice.call('1002'));
    await ringing(bob);
    const open = await until('the record', async () => (await record()) ?? undefined);
    expect(open.endedAt).toBeNull();
    // What a killed process leaves behind: the row as it was while ringing.
    await running.close();
    await call;
    await database.database.forOrganisation(organisation.organisationId, (tx) =>
      tx.call.update({ where: { id: open.id }, data: { endedAt: null, outcome: null } }),
    );
    running = await start();
    expect(await record()).toMatchObject({ outcome: 'failed', endReason: 'Interrupted' });
    void alice.call('1002');
    await until('a call to the restored registration', () => bob.invites.length === 2);
  });
});

describe('a call', () => {
  it('is answered, talks, and ends with whoever hangs up; the record follows', async () => {
    const { invite, caller, callee } = await talking();
    // The name is ours, not what the phone wrote.
    expect(invite.request.from).toMatchObject({ displayName: 'User 1001', uri: `sip:1001@${organisation.domain}` });
    const row = await until('the answered record', async () => {
      const found = await record();
      return found !== null && found.answeredAt !== null && found;
    });
    expect(row.endedAt).toBeNull();
    const over = ended(caller);
    void callee.bye();
    await over;
    expect(await endedRecord()).toMatchObject({
      outcome: 'answered',
      endReason: 'Hung up by the called party',
      fromNumber: '1001',
      toNumber: '1002',
      toKind: 'user',
    });
    await until('closed endpoints', () => media.open.size === 0);
    await bus.settled();
    expect(events.filter((name) => name.startsWith('call.'))).toEqual(['call.started', 'call.answered', 'call.ended']);
  });

  it.each([
    [486, 486, 'busy'],
    [603, 603, 'declined'],
    [404, 480, 'missed'],
    [488, 488, 'missed'],
  ])('refused with %d gives the caller %d', async (refusal, status, expected) => {
    const alice = await phone('1001');
    const bob = await phone('1002');
    const result = outcome(alice.call('1002'));
    (await ringing(bob)).reject(refusal);
    expect((await result).status).toBe(status);
    expect(await endedRecord()).toMatchObject({ outcome: expected, sipStatus: status });
  });

  it('to nobody: unknown numbers 404, unregistered phones 480, no answer 480 in time', async () => {
    const alice = await phone('1001');
    expect((await outcome(alice.call('7999'))).status).toBe(404);
    expect((await outcome(alice.call('1002'))).status).toBe(480);
    const bob = await phone('1002');
    const silent = outcome(alice.call('1002'));
    (await ringing(bob)).progress(180);
    expect((await silent).status).toBe(480);
    await until('the CANCEL', () => bob.invites[0]?.state === 'cancelled');
    expect(await endedRecord()).toMatchObject({ outcome: 'missed', endReason: 'No answer' });
  });

  it('rings no device that was disabled, though it is registered still', async () => {
    const alice = await phone('1001');
    const bob = await phone('1002');
    const { organisationId } = organisation;
    await database.database.forOrganisation(organisationId, (tx) =>
      tx.device.updateMany({ where: { sipUsername: '1002' }, data: { disabledAt: new Date() } }),
    );
    bus.publish('directory.changed', { organisationId });
    await bus.settled();
    expect((await outcome(alice.call('1002'))).status).toBe(480);
    expect(bob.invites).toHaveLength(0);
  });

  it('cancelled by the caller stops the ringing', async () => {
    const alice = await phone('1001');
    const bob = await phone('1002');
    const invite = alice.call('1002');
    const result = outcome(invite);
    (await ringing(bob)).progress(180);
    invite.cancel();
    expect((await result).status).toBe(487);
    await until('the CANCEL', () => bob.invites[0]?.state === 'cancelled');
    expect(await endedRecord()).toMatchObject({ outcome: 'cancelled' });
  });

  it('rings all devices; the loser is told that the call was completed elsewhere', async () => {
    const alice = await phone('1001');
    const desk = await phone('1002');
    const soft = await phone('1002', { protocol: 'tcp' });
    const result = outcome(alice.call('1002'));
    const loser = await ringing(desk);
    const winner = await ringing(soft);
    const reasons = new Promise((settle) => loser.onCancelled(settle));
    loser.progress(180);
    winner.progress(180);
    winner.accept({ sdp: PHONE_SDP });
    expect((await result).status).toBe(200);
    expect(await reasons).toEqual([{ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' }]);
  });

  it('passes hold and keys to the media plane', async () => {
    const { caller } = await talking();
    const held = await caller.reinvite({ sdp: PHONE_SDP.replace('a=sendrecv', 'a=sendonly') });
    expect(held).toMatchObject({ ok: true, status: 200 });
    expect(held.ok && held.sdp).toContain('a=recvonly');
    const info = await caller.info({ contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=160\r\n' });
    expect(info.status).toBe(200);
    expect(media.commanded).toContain('dtmf 5');
  });

  it('without an offer is answered with ours', async () => {
    const alice = await phone('1001');
    const bob = await phone('1002');
    const invite = alice.call('1002', null);
    const accepted = new Promise<string | undefined>((settle) => {
      invite.on('accepted', (session, _response, sdp) => {
        session.acknowledge({ sdp: PHONE_SDP });
        settle(sdp);
      });
    });
    (await ringing(bob)).accept({ sdp: PHONE_SDP });
    expect(await accepted).toContain('m=audio');
  });

  it('come to an end where phones forward them in a ring', async () => {
    const alice = await phone('1001');
    const bob = await phone('1002');
    const invite = alice.call('1002', PHONE_SDP, { maxForwards: 7 });
    expect((await ringing(bob)).request.maxForwards).toBe(6);
    invite.cancel();
    expect((await outcome(alice.call('1002', PHONE_SDP, { maxForwards: 1 }))).status).toBe(483);
  });

  it('end at once when the device is deleted, and so does its registration', async () => {
    const { caller, callee } = await talking();
    const over = Promise.all([ended(caller), ended(callee)]);
    const { organisationId } = organisation;
    const userId = organisation.users.get('1002')?.userId;
    if (userId === undefined) throw new Error('no user');
    await database.database.forOrganisation(organisationId, (tx) => tx.device.deleteMany({ where: { userId } }));
    bus.publish('directory.changed', { organisationId });
    bus.publish('device.revoked', { organisationId, userId, sipUsername: '1002' });
    await over;
    expect(await bus.call('registration.list', { organisationId, userId })).toMatchObject({ registrations: [] });
    expect(await endedRecord()).toMatchObject({ endReason: 'The device was revoked' });
  });

  it('and registrations end at once when the user is disabled', async () => {
    const { caller, callee } = await talking();
    const over = Promise.all([ended(caller), ended(callee)]);
    const { organisationId } = organisation;
    const userId = organisation.users.get('1002')?.userId;
    if (userId === undefined) throw new Error('no user');
    bus.publish('user.disabled', { organisationId, userId });
    await over;
    expect(await bus.call('registration.list', { organisationId, userId })).toMatchObject({ registrations: [] });
    expect(await endedRecord()).toMatchObject({ endReason: 'The user was disabled' });
  });
});

describe('an application', () => {
  it('takes a call that leads to it, answers it, and leads it on; nobody there brings it back', async () => {
    const started: string[] = [];
    const failed: string[] = [];
    bus.handle('voice-app.start', ({ app, callId, organisationId }) => {
      started.push(app.kind);
      void bus.call('call.answer', { organisationId, callId });
      return { ok: true };
    });
    bus.handle('voice-app.stop', () => ({ ok: true }));
    bus.subscribe('call.redirect-failed', ({ outcome: why }) => void failed.push(why));
    const alice = await phone('1001');
    const { status, session } = await outcome(alice.call('1200'));
    expect([status, started]).toEqual([200, ['ivr']]);
    const { organisationId } = organisation;
    const list = await bus.call('call.list', { organisationId });
    const callId = list.ok ? list.calls[0]?.callId : undefined;
    if (callId === undefined || session === undefined) throw new Error('no call');
    const redirect = (number: string, fallback: 'return' | 'target') =>
      bus.call('call.redirect', { organisationId, callId, target: { kind: 'number', number }, fallback });
    expect(await redirect('7999', 'return')).toMatchObject({ ok: false, code: 'CALL.NO_ROUTE' });
    expect(await redirect('1002', 'return')).toEqual({ ok: true });
    await until('the return', () => failed.length === 1);
    const bob = await phone('1002');
    expect(await redirect('1002', 'target')).toEqual({ ok: true });
    const callee = (await ringing(bob)).accept({ sdp: PHONE_SDP });
    await until('the connection', () => media.commanded.includes('connect'));
    const over = ended(session);
    void callee?.bye();
    await over;
  });

  it('that leads the caller to a mailbox makes it a call that went to voicemail; a person who answers, an answered one', async () => {
    const started: string[] = [];
    bus.handle('voice-app.start', async ({ app, callId, organisationId }) => {
      started.push(app.kind);
      return (await bus.call('call.answer', { organisationId, callId })).ok
        ? { ok: true }
        : { ok: false, code: 'CALL.GONE' };
    });
    bus.handle('voice-app.stop', () => ({ ok: true }));
    const { organisationId } = organisation;
    const mailboxId = organisation.users.get('1003')?.mailboxId;
    if (mailboxId === null || mailboxId === undefined) throw new Error('no mailbox');
    const alice = await phone('1001');
    const bob = await phone('1002');
    const toMailbox = async () => {
      started.length = 0;
      const { session } = await outcome(alice.call('1200'));
      const list = await bus.call('call.list', { organisationId });
      const callId = list.ok ? list.calls[0]?.callId : undefined;
      if (callId === undefined || session === undefined) throw new Error('no call');
      const target = { kind: 'voicemail', mailboxId } as const;
      expect(await bus.call('call.redirect', { organisationId, callId, target, fallback: 'target' })).toEqual({
        ok: true,
      });
      await until('the mailbox', () => started.at(-1) === 'leave-voicemail');
      return { session, callId };
    };
    const left = await toMailbox();
    void left.session.bye();
    expect(await endedRecord()).toMatchObject({ id: left.callId, outcome: 'voicemail', sipStatus: 200 });

    const led = await toMailbox();
    const target = { kind: 'number', number: '1002' } as const;
    await bus.call('call.redirect', { organisationId, callId: led.callId, target, fallback: 'target' });
    const callee = (await ringing(bob)).accept({ sdp: PHONE_SDP });
    const over = ended(led.session);
    await until('the connection', () => media.commanded.includes('connect'));
    void callee?.bye();
    await over;
    const record = await until('its record', async () => {
      const row = await endedRecord();
      return row.id === led.callId && row;
    });
    expect(record).toMatchObject({ outcome: 'answered' });
  });

  it('takes the caller of someone who does not answer to their mailbox', async () => {
    const reasons: string[] = [];
    bus.handle('voice-app.start', ({ app }) => {
      reasons.push(app.kind === 'leave-voicemail' ? app.reason : app.kind);
      return { ok: false, code: 'VOICE_APP.FULL' };
    });
    const alice = await phone('1001');
    expect((await outcome(alice.call('1003'))).status).toBe(503);
    const carol = await phone('1003');
    const result = outcome(alice.call('1003'));
    (await ringing(carol)).reject(486);
    await result;
    expect(reasons).toEqual(['unreachable', 'busy']);
  });
});

describe('the message lamp', () => {
  it('shows the own mailbox at once, and nobody else their neighbour', async () => {
    bus.handle('mailbox.counts', () => ({ ok: true, newCount: 1, oldCount: 3 }));
    const carol = await phone('1003');
    expect((await carol.subscribe('dialog')).status).toBe(489);
    expect((await carol.subscribe('message-summary', '1001')).status).toBe(403);
    expect((await (await phone('1001')).subscribe('message-summary')).status).toBe(404);
    expect((await carol.subscribe('message-summary')).ok).toBe(true);
    const summary = await until('the NOTIFY', () => carol.notified[0]);
    expect(summary).toMatch(/^Messages-Waiting: yes\r\n[^]*Voice-Message: 1\/3 /);
  });
});
