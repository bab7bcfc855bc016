import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from './testing/phone.js';
import { ended, outcome, ringing, until, useSignalling } from './testing/signalling-bench.js';

const bench = useSignalling(17_600);

describe('registrations', () => {
  it('come, are listed, refreshed and go, each with an event', async () => {
    const one = await bench.phone('1001');
    const list = () => bench.bus.call('registration.list', { organisationId: bench.organisation.organisationId });
    expect(await list()).toMatchObject({ registrations: [{ sipUsername: '1001', protocol: 'udp' }] });
    const again = await one.register({ expires: 360 });
    expect(again.response?.values('Contact')).toHaveLength(1);
    expect((await one.register({ expires: 0 })).status).toBe(200);
    expect(await list()).toMatchObject({ registrations: [] });
    await bench.bus.settled();
    // A refresh is no news.
    expect(bench.events).toEqual(['registration.added', 'registration.removed']);
  });

  it('are refused alike with a wrong password and for an unknown user', async () => {
    const one = await bench.phone('1001', { register: false });
    const stranger = await bench.phone('7777', { register: false });
    expect((await one.register({ password: 'wrong' })).status).toBe(403);
    expect((await stranger.register()).status).toBe(403);
    expect((await one.register({ expires: 5 })).status).toBe(423);
  });

  it('of a good device go on while someone at its address guesses passwords, who is slowed', async () => {
    const good = await bench.phone('1001');
    const guesser = await bench.phone('1002', { register: false });
    for (let guess = 0; guess < 11; guess += 1)
      expect((await guesser.register({ password: `guess-${guess}` })).status).toBe(403);
    const before = Date.now();
    expect((await guesser.register()).status).toBe(403);
    expect(Date.now() - before).toBeGreaterThan(1000);
    expect((await good.register()).status).toBe(200);
  });

  it('end when the connection breaks that they came over and nobody listens at the contact', async () => {
    const one = await bench.phone('1001', { protocol: 'tcp' });
    await one.userAgent.close();
    await until('the removal', () => bench.events.includes('registration.removed'));
  });

  it('survive a restart, and calls that did not are closed', async () => {
    const bob = await bench.phone('1002');
    const alice = await bench.phone('1001');
    const call = outcome(alice.call('1002'));
    await ringing(bob);
    const open = await until('the record', async () => (await bench.record()) ?? undefined);
    expect(open.endedAt).toBeNull();
    // What a killed process leaves behind: the row as it was while ringing.
    await bench.running.close();
    await call;
    await bench.database.database.forOrganisation(bench.organisation.organisationId, (tx) =>
      tx.call.update({ where: { id: open.id }, data: { endedAt: null, outcome: null } }),
    );
    bench.running = await bench.start();
    expect(await bench.record()).toMatchObject({ outcome: 'failed', endReason: 'Interrupted' });
    void alice.call('1002');
    await until('a call to the restored registration', () => bob.invites.length === 2);
  });
});

describe('a call', () => {
  it('is answered, talks, and ends with whoever hangs up; the record follows', async () => {
    const { invite, caller, callee } = await bench.talking();
    // The name is ours, not what the phone wrote.
    expect(invite.request.from).toMatchObject({
      displayName: 'User 1001',
      uri: `sip:1001@${bench.organisation.domain}`,
    });
    const row = await until('the answered record', async () => {
      const found = await bench.record();
      return found !== null && found.answeredAt !== null && found;
    });
    expect(row.endedAt).toBeNull();
    const over = ended(caller);
    void callee.bye();
    await over;
    expect(await bench.endedRecord()).toMatchObject({
      outcome: 'answered',
      endReason: 'Hung up by the called party',
      fromNumber: '1001',
      toNumber: '1002',
      toKind: 'user',
    });
    await until('closed endpoints', () => bench.media.open.size === 0);
    await bench.bus.settled();
    expect(bench.events.filter((name) => name.startsWith('call.'))).toEqual([
      'call.started',
      'call.answered',
      'call.ended',
    ]);
  });

  it.each([
    [486, 486, 'busy'],
    [603, 603, 'declined'],
    [404, 480, 'missed'],
  ])('refused with %d gives the caller %d', async (refusal, status, expected) => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const result = outcome(alice.call('1002'));
    (await ringing(bob)).reject(refusal);
    expect((await result).status).toBe(status);
    expect(await bench.endedRecord()).toMatchObject({ outcome: expected, sipStatus: status });
  });

  it('refused with 488 are offered again with SRTP and with DTLS-SRTP, and then give the caller 488', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const result = outcome(alice.call('1002'));
    (await ringing(bob)).reject(488);
    await until('the second INVITE', () => bob.invites.length === 2);
    bob.invites[1]?.reject(488);
    await until('the third INVITE', () => bob.invites.length === 3);
    expect(bench.media.encryptions).toEqual(['none', 'srtp', 'dtls-without-ice']);
    bob.invites[2]?.reject(488);
    expect((await result).status).toBe(488);
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'missed', sipStatus: 488 });
  });

  it('to nobody: unknown numbers 404, unregistered phones 480, no answer 480 in time', async () => {
    const alice = await bench.phone('1001');
    expect((await outcome(alice.call('7999'))).status).toBe(404);
    expect((await outcome(alice.call('1002'))).status).toBe(480);
    const bob = await bench.phone('1002');
    const silent = outcome(alice.call('1002'));
    (await ringing(bob)).progress(180);
    expect((await silent).status).toBe(480);
    await until('the CANCEL', () => bob.invites[0]?.state === 'cancelled');
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'missed', endReason: 'No answer' });
  });

  it('rings no device that was disabled, though it is registered still', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const { organisationId } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.device.updateMany({ where: { sipUsername: '1002' }, data: { disabledAt: new Date() } }),
    );
    bench.bus.publish('directory.changed', { organisationId });
    await bench.bus.settled();
    expect((await outcome(alice.call('1002'))).status).toBe(480);
    expect(bob.invites).toHaveLength(0);
  });

  it('cancelled by the caller stops the ringing', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const invite = alice.call('1002');
    const result = outcome(invite);
    (await ringing(bob)).progress(180);
    invite.cancel();
    expect((await result).status).toBe(487);
    await until('the CANCEL', () => bob.invites[0]?.state === 'cancelled');
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'cancelled' });
  });

  it('rings all devices; the loser is told that the call was completed elsewhere', async () => {
    const alice = await bench.phone('1001');
    const desk = await bench.phone('1002');
    const soft = await bench.phone('1002', { protocol: 'tcp' });
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
    const { caller } = await bench.talking();
    const held = await caller.reinvite({ sdp: PHONE_SDP.replace('a=sendrecv', 'a=sendonly') });
    expect(held).toMatchObject({ ok: true, status: 200 });
    expect(held.ok && held.sdp).toContain('a=recvonly');
    const info = await caller.info({ contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=160\r\n' });
    expect(info.status).toBe(200);
    expect(bench.media.commanded).toContain('dtmf 5');
  });

  it('without an offer is answered with ours', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
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
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const invite = alice.call('1002', PHONE_SDP, { maxForwards: 7 });
    expect((await ringing(bob)).request.maxForwards).toBe(6);
    invite.cancel();
    expect((await outcome(alice.call('1002', PHONE_SDP, { maxForwards: 1 }))).status).toBe(483);
  });

  it('end at once when the device is deleted, and so does its registration', async () => {
    const { caller, callee } = await bench.talking();
    const over = Promise.all([ended(caller), ended(callee)]);
    const { organisationId } = bench.organisation;
    const userId = bench.organisation.users.get('1002')?.userId;
    if (userId === undefined) throw new Error('no user');
    await bench.database.database.forOrganisation(organisationId, (tx) => tx.device.deleteMany({ where: { userId } }));
    bench.bus.publish('directory.changed', { organisationId });
    bench.bus.publish('device.revoked', { organisationId, userId, sipUsername: '1002' });
    await over;
    expect(await bench.bus.call('registration.list', { organisationId, userId })).toMatchObject({ registrations: [] });
    expect(await bench.endedRecord()).toMatchObject({ endReason: 'The device was revoked' });
  });

  it('and registrations end at once when the user is disabled', async () => {
    const { caller, callee } = await bench.talking();
    const over = Promise.all([ended(caller), ended(callee)]);
    const { organisationId } = bench.organisation;
    const userId = bench.organisation.users.get('1002')?.userId;
    if (userId === undefined) throw new Error('no user');
    bench.bus.publish('user.disabled', { organisationId, userId });
    await over;
    expect(await bench.bus.call('registration.list', { organisationId, userId })).toMatchObject({ registrations: [] });
    expect(await bench.endedRecord()).toMatchObject({ endReason: 'The user was disabled' });
  });
});

describe('an application', () => {
  it('takes a call that leads to it, answers it, and leads it on; nobody there brings it back', async () => {
    const started: string[] = [];
    const failed: string[] = [];
    bench.bus.handle('voice-app.start', ({ app, callId, organisationId }) => {
      started.push(app.kind);
      void bench.bus.call('call.answer', { organisationId, callId });
      return { ok: true };
    });
    bench.bus.handle('voice-app.stop', () => ({ ok: true }));
    bench.bus.subscribe('call.redirect-failed', ({ outcome: why }) => void failed.push(why));
    const alice = await bench.phone('1001');
    const { status, session } = await outcome(alice.call('1200'));
    expect([status, started]).toEqual([200, ['ivr']]);
    const { organisationId } = bench.organisation;
    const list = await bench.bus.call('call.list', { organisationId });
    const callId = list.ok ? list.calls[0]?.callId : undefined;
    if (callId === undefined || session === undefined) throw new Error('no call');
    const redirect = (number: string, fallback: 'return' | 'target') =>
      bench.bus.call('call.redirect', { organisationId, callId, target: { kind: 'number', number }, fallback });
    expect(await redirect('7999', 'return')).toMatchObject({ ok: false, code: 'CALL.NO_ROUTE' });
    expect(await redirect('1002', 'return')).toEqual({ ok: true });
    await until('the return', () => failed.length === 1);
    const bob = await bench.phone('1002');
    expect(await redirect('1002', 'target')).toEqual({ ok: true });
    const callee = (await ringing(bob)).accept({ sdp: PHONE_SDP });
    await until('the connection', () => bench.media.commanded.includes('connect'));
    const over = ended(session);
    void callee?.bye();
    await over;
  });

  it('that leads the caller to a mailbox makes it a call that went to voicemail; a person who answers, an answered one', async () => {
    const started: string[] = [];
    bench.bus.handle('voice-app.start', async ({ app, callId, organisationId }) => {
      started.push(app.kind);
      return (await bench.bus.call('call.answer', { organisationId, callId })).ok
        ? { ok: true }
        : { ok: false, code: 'CALL.GONE' };
    });
    bench.bus.handle('voice-app.stop', () => ({ ok: true }));
    const { organisationId } = bench.organisation;
    const mailboxId = bench.organisation.users.get('1003')?.mailboxId;
    if (mailboxId === null || mailboxId === undefined) throw new Error('no mailbox');
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const toMailbox = async () => {
      started.length = 0;
      const { session } = await outcome(alice.call('1200'));
      const list = await bench.bus.call('call.list', { organisationId });
      const callId = list.ok ? list.calls[0]?.callId : undefined;
      if (callId === undefined || session === undefined) throw new Error('no call');
      const target = { kind: 'voicemail', mailboxId } as const;
      expect(await bench.bus.call('call.redirect', { organisationId, callId, target, fallback: 'target' })).toEqual({
        ok: true,
      });
      await until('the mailbox', () => started.at(-1) === 'leave-voicemail');
      return { session, callId };
    };
    const left = await toMailbox();
    void left.session.bye();
    expect(await bench.endedRecord()).toMatchObject({ id: left.callId, outcome: 'voicemail', sipStatus: 200 });

    const led = await toMailbox();
    const target = { kind: 'number', number: '1002' } as const;
    await bench.bus.call('call.redirect', { organisationId, callId: led.callId, target, fallback: 'target' });
    const callee = (await ringing(bob)).accept({ sdp: PHONE_SDP });
    const over = ended(led.session);
    await until('the connection', () => bench.media.commanded.includes('connect'));
    void callee?.bye();
    await over;
    const record = await until('its record', async () => {
      const row = await bench.endedRecord();
      return row.id === led.callId && row;
    });
    expect(record).toMatchObject({ outcome: 'answered' });
  });

  it('takes the caller of someone who does not answer to their mailbox', async () => {
    const reasons: string[] = [];
    bench.bus.handle('voice-app.start', ({ app }) => {
      reasons.push(app.kind === 'leave-voicemail' ? app.reason : app.kind);
      return { ok: false, code: 'VOICE_APP.FULL' };
    });
    const alice = await bench.phone('1001');
    expect((await outcome(alice.call('1003'))).status).toBe(503);
    const carol = await bench.phone('1003');
    const result = outcome(alice.call('1003'));
    (await ringing(carol)).reject(486);
    await result;
    expect(reasons).toEqual(['unreachable', 'busy']);
  });
});

describe('the message lamp', () => {
  it('shows the own mailbox at once, and nobody else their neighbour', async () => {
    bench.bus.handle('mailbox.counts', () => ({ ok: true, newCount: 1, oldCount: 3 }));
    const carol = await bench.phone('1003');
    expect((await carol.subscribe('conference')).status).toBe(489);
    expect((await carol.subscribe('message-summary', '1001')).status).toBe(403);
    expect((await (await bench.phone('1001')).subscribe('message-summary')).status).toBe(404);
    expect((await carol.subscribe('message-summary')).ok).toBe(true);
    const summary = await until('the NOTIFY', () => carol.notified[0]);
    expect(summary).toMatch(/^Messages-Waiting: yes\r\n[^]*Voice-Message: 1\/3 /);
  });
});
