import { newId, ParticipantId } from '@carillon/domain';
import { afterEach, describe, expect, it } from 'vitest';
import type { RoomRecord } from './room-directory.js';
import { MeetingBench } from './test-support/meeting-bench.js';

let bench: MeetingBench;
afterEach(() => bench.close());

function open(room: Partial<RoomRecord> = {}, limits: { participantsPerRoom?: number } = {}): MeetingBench {
  bench = new MeetingBench(room, limits);
  return bench;
}
function expectOk<Answer extends { ok: boolean }>(answer: Answer): Extract<Answer, { ok: true }> {
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return answer as Extract<Answer, { ok: true }>;
}
const inRoom = () => ({ organisationId: bench.organisationId, roomId: bench.roomId });
const told = () =>
  bench.events.map(({ name, payload }) =>
    typeof payload['reason'] === 'string' ? `${name} ${payload['reason']}` : name,
  );

describe('browsers in a meeting', () => {
  it('opens with the first, who becomes host, and closes with the last', async () => {
    open();
    const anna = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const bert = expectOk(await bench.joinAs(bench.addStaff('Bert')));
    expect(anna.room.participants).toMatchObject([{ name: 'Anna', role: 'host', state: 'entered' }]);
    expect(bert.room.participants).toMatchObject([{ role: 'host' }, { name: 'Bert', role: 'member' }]);
    expect(bench.names('sfu.open-room')).toHaveLength(1);

    await bench.bus.call('room.leave', { ...inRoom(), participantId: anna.participantId });
    expect((await bench.snapshot())?.participants).toMatchObject([{ name: 'Bert', role: 'host' }]);
    await bench.bus.call('room.leave', { ...inRoom(), participantId: bert.participantId });
    await bench.bus.call('room.leave', { ...inRoom(), participantId: bert.participantId });
    await bench.settle();
    expect(await bench.snapshot()).toBeUndefined();
    expect(told()).toEqual([
      'room.participant-joined',
      'room.participant-joined',
      'room.participant-left left',
      'room.participant-updated',
      'room.participant-left left',
      'room.ended',
    ]);
    expect(bench.names('sfu.close-room')).toHaveLength(1);
  });

  it('keeps guests in the lobby until a host lets them in', async () => {
    open();
    const guest = expectOk(await bench.joinAsGuest('  Gerd  '));
    expect(guest).toMatchObject({ state: 'lobby', room: { producers: [] } });
    const ask = { ...inRoom(), participantId: guest.participantId, request: { type: 'list-producers' } } as const;
    expect(await bench.bus.call('room.media', ask)).toMatchObject({ code: 'ROOM.IN_LOBBY' });
    expect(bench.names('sfu.open-room')).toHaveLength(0);

    const host = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const member = expectOk(await bench.joinAs(bench.addStaff('Bert')));
    expect(host.room.participants.map(({ name }) => name)).toEqual(['Gerd', 'Anna']);
    expect(member.room.participants.map(({ name }) => name)).toEqual(['Anna', 'Bert']);
    const mine = await bench.bus.call('room.snapshot', { ...inRoom(), participantId: guest.participantId });
    expect(expectOk(mine).room.participants).toMatchObject([{ name: 'Gerd' }]);

    const target = { ...inRoom(), participantId: guest.participantId };
    for (const by of [member.participantId, guest.participantId])
      expect(await bench.bus.call('room.admit', { ...target, by })).toMatchObject({ code: 'ROOM.NOT_ALLOWED' });
    expectOk(await bench.bus.call('room.admit', { ...target, by: host.participantId }));
    expectOk(await bench.bus.call('room.admit', { ...target, by: host.participantId }));
    expect(await bench.bus.call('room.media', ask)).toMatchObject({ ok: true, data: { passed: true } });
    expect(bench.names('sfu.request')).toMatchObject([{ participantId: guest.participantId }]);
  });

  it('lets a guest straight in where the room has no lobby, never as host', async () => {
    open({ lobby: false });
    expect(expectOk(await bench.joinAsGuest()).room.participants).toMatchObject([{ state: 'entered', role: 'member' }]);
  });

  it('makes strangers wait in the lobby once a host has put one out, until the meeting is over', async () => {
    open({ lobby: false });
    const host = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const guest = expectOk(await bench.joinAsGuest('Gerd'));
    expect(guest.state).toBe('entered');
    const { participantId } = guest;
    expectOk(await bench.bus.call('room.remove', { ...inRoom(), participantId, by: host.participantId }));
    const again = expectOk(await bench.joinAsGuest('Hans'));
    expect(again).toMatchObject({ state: 'lobby', room: { participants: [{ name: 'Hans' }] } });
    expect(expectOk(await bench.joinAs(bench.addStaff('Bert'))).state).toBe('entered');
    const target = { ...inRoom(), participantId: again.participantId };
    expectOk(await bench.bus.call('room.admit', { ...target, by: host.participantId }));
    expectOk(await bench.bus.call('room.end', { ...inRoom(), by: host.participantId }));
    expect(expectOk(await bench.joinAsGuest('Gerd')).state).toBe('entered');
  });

  it('turns away from the lobby and removes from the meeting', async () => {
    open();
    const host = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const waiting = expectOk(await bench.joinAsGuest());
    const member = expectOk(await bench.joinAs(bench.addStaff('Bert')));
    const by = host.participantId;
    for (const { participantId } of [waiting, member])
      expectOk(await bench.bus.call('room.remove', { ...inRoom(), participantId, by }));
    await bench.settle();
    expect(told().slice(-2)).toEqual(['room.participant-left denied', 'room.participant-left removed']);
    expect(bench.names('sfu.remove')).toMatchObject([{ participantId: member.participantId }]);
  });

  it('lets hosts mute others, never unmute them', async () => {
    open();
    const host = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const member = expectOk(await bench.joinAs(bench.addStaff('Bert')));
    const mute = (by: ParticipantId, participantId: ParticipantId, muted: boolean) =>
      bench.bus.call('room.mute', { ...inRoom(), participantId, by, muted });
    expect(await mute(member.participantId, host.participantId, true)).toMatchObject({ code: 'ROOM.NOT_ALLOWED' });
    expectOk(await mute(host.participantId, member.participantId, true));
    expect(await mute(host.participantId, member.participantId, false)).toMatchObject({ code: 'ROOM.NOT_ALLOWED' });
    expect((await bench.snapshot())?.participants[1]).toMatchObject({ muted: true, mutedByHost: true });
    expectOk(await mute(member.participantId, member.participantId, false));
    expect((await bench.snapshot())?.participants[1]).toMatchObject({ muted: false, mutedByHost: false });
    expectOk(await mute(member.participantId, member.participantId, true));
    expect((await bench.snapshot())?.participants[1]).toMatchObject({ muted: true, mutedByHost: false });
    expect(bench.names('sfu.mute').map((payload) => payload['muted'])).toEqual([true, false, true]);
  });

  it('is full at its limit, and refuses what does not exist', async () => {
    open({ lobby: false }, { participantsPerRoom: 2 });
    const anna = expectOk(await bench.joinAsGuest('Anna'));
    await bench.joinAsGuest('Bert');
    expect(await bench.joinAsGuest('Carl')).toMatchObject({ code: 'ROOM.FULL' });
    const nobody = newId(ParticipantId);
    const raise = { ...inRoom(), participantId: nobody, raised: true };
    expect(await bench.bus.call('room.raise-hand', raise)).toMatchObject({ code: 'ROOM.NOT_IN_ROOM' });
    const other = { ...inRoom(), organisationId: newId(ParticipantId), participantId: anna.participantId };
    expect(await bench.bus.call('room.snapshot', other)).toMatchObject({ code: 'ROOM.NOT_FOUND' });
    expect(await bench.bus.call('room.end', { ...inRoom(), by: anna.participantId })).toMatchObject({
      code: 'ROOM.NOT_ALLOWED',
    });
  });

  it('cannot be entered while its media cannot be opened, and can later', async () => {
    open();
    bench.mediaOpens = false;
    expect(await bench.joinAs(bench.addStaff('Anna'))).toMatchObject({ code: 'ROOM.UNAVAILABLE' });
    expect(await bench.snapshot()).toBeUndefined();
    bench.mediaOpens = true;
    expectOk(await bench.joinAs(bench.addStaff('Anna')));
  });

  it('opens its media again when it is lost, trying until it works', async () => {
    open({ pin: null });
    const staff = bench.addStaff('Anna');
    expectOk(await bench.joinAs(staff));
    const phone = await bench.dial('100', staff.userId);
    await bench.endPrompt(phone);
    bench.mediaOpens = false;
    bench.bus.publish('sfu.room-lost', { ...inRoom(), reason: 'worker died' });
    await bench.settle();
    bench.mediaOpens = true;
    bench.clock.advance(2_000);
    await bench.settle();
    expect(bench.names('sfu.open-room')).toHaveLength(3);
    expect(bench.names('sfu.attach-phone')).toHaveLength(2);
    expect(told().at(-1)).toBe('room.media-reset');
  });

  it('takes out a user who is disabled', async () => {
    open();
    const staff = bench.addStaff('Anna');
    expectOk(await bench.joinAs(staff));
    bench.bus.publish('user.disabled', { organisationId: bench.organisationId, userId: staff.userId });
    await bench.settle();
    expect(told()).toEqual(['room.participant-joined', 'room.participant-left removed', 'room.ended']);
  });
});

describe('phones in a meeting', () => {
  it('asks for the PIN, with barge-in, and lets a known user in like staff', async () => {
    open({ pin: '2468' });
    const phone = await bench.dial('1001', bench.addStaff('Anna').userId);
    expect(bench.names('call.answer')).toMatchObject([{ callId: phone.callId }]);
    expect(bench.names('media.play')).toMatchObject([{ stopOnDtmf: true }]);
    await bench.press(phone, '2468');
    expect(bench.names('sfu.attach-phone')).toMatchObject([{ endpointId: phone.endpointId, muted: false }]);
    expect((await bench.snapshot())?.participants).toMatchObject([
      { name: 'Anna', endpoint: 'phone', identity: 'user', number: '1001', state: 'entered', role: 'host' },
    ]);
    expect(bench.heard(phone)).toEqual(['welcome', 'askPin', 'entered']);
    await bench.hangUp(phone);
    expect(told()).toEqual(['room.participant-joined', 'room.participant-left left', 'room.ended']);
    expect(bench.names('call.hang-up')).toEqual([]);
  });

  it('says goodbye after three wrong PINs', async () => {
    open({ pin: '2468' });
    const phone = await bench.dial('0301');
    await bench.press(phone, '1111#');
    await bench.press(phone, '2*2469#');
    await bench.press(phone, '#');
    expect(bench.heard(phone)).toEqual(['welcome', 'askPin', 'wrongPin', 'welcome', 'askPin', 'wrongPin', 'welcome', 'askPin', 'goodbye']); // prettier-ignore
    expect(bench.names('call.hang-up')).toEqual([]);
    await bench.endPrompt(phone);
    expect(bench.names('call.hang-up')).toMatchObject([{ callId: phone.callId }]);
    expect(bench.names('sfu.attach-phone')).toEqual([]);
    expect(bench.events).toEqual([]);
  });

  it('does not ask strangers after many wrong PINs, and goes on asking users', async () => {
    open({ pin: '2468' });
    for (let call = 0; call < 5; call++) {
      const phone = await bench.dial('0301');
      for (let attempt = 0; attempt < 3; attempt++) await bench.press(phone, '1#');
    }
    const stranger = await bench.dial('0302');
    expect(bench.heard(stranger)).toEqual(['unavailable']);
    const user = await bench.dial('1001', bench.addStaff('Anna').userId);
    await bench.press(user, '2468');
    expect(bench.heard(user).at(-1)).toBe('entered');
    bench.clock.advance(10 * 60_000);
    expect(bench.heard(await bench.dial('0302'))).toEqual(['welcome', 'askPin']);
  });

  it('counts silence as an attempt', async () => {
    open({ pin: '2468' });
    const phone = await bench.dial('0301');
    for (let attempt = 0; attempt < 3; attempt++) {
      bench.clock.advance(12_000);
      await bench.settle();
    }
    expect(bench.heard(phone).at(-1)).toBe('goodbye');
  });

  it('keeps an unknown caller in the lobby, hearing nothing of the room', async () => {
    open({ pin: '2468' });
    const host = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const phone = await bench.dial('030123');
    await bench.press(phone, '2468');
    expect(bench.names('sfu.attach-phone')).toEqual([]);
    expect(bench.names('media.play').at(-1)).toMatchObject({ loop: true });
    await bench.press(phone, '*6');
    expect(bench.names('sfu.mute')).toEqual([]);

    const waiting = (await bench.snapshot())?.participants.find(({ endpoint }) => endpoint === 'phone');
    expect(waiting).toMatchObject({ state: 'lobby', identity: 'caller', name: '030123', role: 'member' });
    const target = { ...inRoom(), participantId: waiting!.participantId, by: host.participantId };
    expectOk(await bench.bus.call('room.admit', target));
    await bench.settle();
    expect(bench.names('sfu.attach-phone')).toMatchObject([{ endpointId: phone.endpointId }]);
    expect(bench.heard(phone).at(-1)).toBe('entered');

    expectOk(await bench.bus.call('room.remove', target));
    await bench.settle();
    await bench.endPrompt(phone);
    expect(bench.heard(phone).at(-1)).toBe('removed');
    expect(bench.names('call.hang-up')).toMatchObject([{ callId: phone.callId }]);
  });

  it('mutes itself by *6 and raises its hand by *5, told by voice', async () => {
    open();
    const phone = await bench.dial('1001', bench.addStaff('Anna').userId);
    await bench.endPrompt(phone);
    await bench.press(phone, '*6');
    await bench.press(phone, '*5');
    expect((await bench.snapshot())?.participants).toMatchObject([{ muted: true, handRaised: true }]);
    await bench.press(phone, '*6');
    expect((await bench.snapshot())?.participants).toMatchObject([{ muted: false }]);
    expect(bench.heard(phone)).toEqual(['welcome', 'entered', 'muted', 'handRaised', 'unmuted']);
    expect(bench.names('sfu.mute').map((payload) => payload['muted'])).toEqual([true, false]);
  });

  it('goes with its media, and its call with it', async () => {
    open();
    const phone = await bench.dial('1001', bench.addStaff('Anna').userId);
    await bench.endPrompt(phone);
    bench.bus.publish('media.endpoint-lost', { ...bench.endpointOf(phone), reason: 'rtp-timeout' });
    await bench.settle();
    expect(told()).toEqual(['room.participant-joined', 'room.participant-left lost', 'room.ended']);
    expect(bench.names('call.hang-up')).toMatchObject([{ callId: phone.callId }]);
  });

  it('may hang up at any step', async () => {
    open({ pin: '2468' });
    const early = await bench.dial('1');
    await bench.hangUp(early);
    const waiting = await bench.dial('2');
    await bench.press(waiting, '2468');
    await bench.hangUp(waiting);
    expect(told()).toEqual(['room.participant-joined', 'room.participant-left left', 'room.ended']);
    expect(bench.names('call.hang-up')).toEqual([]);
  });

  it('hears the end of the meeting', async () => {
    open();
    const host = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const phone = await bench.dial('1002', bench.addStaff('Bert').userId);
    await bench.endPrompt(phone);
    expectOk(await bench.bus.call('room.end', { ...inRoom(), by: host.participantId }));
    await bench.settle();
    await bench.endPrompt(phone);
    expect(bench.heard(phone).at(-1)).toBe('ended');
    expect(bench.names('call.hang-up')).toMatchObject([{ callId: phone.callId }]);
    expect(told().slice(-3)).toEqual([
      'room.participant-left room-ended',
      'room.participant-left room-ended',
      'room.ended',
    ]);
  });
});

describe('what the media plane tells', () => {
  it('is passed on in order, and a microphone shows as muted or not', async () => {
    open();
    const anna = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const { participantId } = anna;
    const producer = { producerId: 'p1', participantId, kind: 'audio', source: 'microphone', paused: false } as const;
    bench.bus.publish('sfu.producer-added', { ...inRoom(), producer });
    bench.bus.publish('sfu.producer-updated', { ...inRoom(), producer: { ...producer, paused: true } });
    bench.bus.publish('sfu.speaking', {
      ...inRoom(),
      speakers: [{ participantId: anna.participantId, levelDb: -20 }],
    });
    bench.bus.publish('sfu.producer-removed', { ...inRoom(), participantId: anna.participantId, producerId: 'p1' });
    await bench.settle();
    expect(told().slice(1)).toEqual([
      'room.producer-added',
      'room.producer-updated',
      'room.participant-updated',
      'room.speaking',
      'room.producer-removed',
    ]);
    expect((await bench.snapshot())?.participants).toMatchObject([{ muted: true }]);
  });

  it('mutes the microphone of one who was muted before it had one', async () => {
    open();
    const host = expectOk(await bench.joinAs(bench.addStaff('Anna')));
    const bert = expectOk(await bench.joinAs(bench.addStaff('Bert')));
    const { participantId } = bert;
    expectOk(await bench.bus.call('room.mute', { ...inRoom(), participantId, by: host.participantId, muted: true }));
    bench.bus.publish('sfu.producer-added', {
      ...inRoom(),
      producer: { producerId: 'p', participantId, kind: 'audio', source: 'microphone', paused: false },
    });
    await bench.settle();
    expect(bench.names('sfu.mute')).toHaveLength(2);
  });
});
