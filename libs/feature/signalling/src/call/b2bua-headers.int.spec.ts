import type { SipMessage, SipResponse } from '@carillon/sip-message';
import type { OutgoingInvite } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { ended, outcome, ringing, until, useSignalling } from '../testing/signalling-bench.js';
import { DROPPED, PASSED, REWRITTEN } from './headers/pass-through.js';

const bench = useSignalling(16_000);

const CALLER_UUID = 'a'.repeat(32);
const CALLEE_UUID = 'b'.repeat(32);
/** Of the stack itself, made anew for each leg. */
const OWN = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Allow',
  'Supported',
  'Session-Expires',
  'Min-SE',
  'User-Agent',
  'Server',
  'Allow-Events',
  'Accept',
  'Recv-Info',
  'Require',
  'RSeq',
].map((name) => name.toLowerCase());

/** Everything that a phone could try to get through. */
const EVERYTHING = Object.fromEntries(
  [...PASSED.map(({ name }) => name), ...DROPPED, 'X-Secret', 'P-Unheard-Of']
    .filter((name) => !OWN.includes(name.toLowerCase()))
    .filter(
      (name) => !/^(proxy-require|route|record-route|authorization|proxy-authorization|join|replaces)$/i.test(name),
    )
    .map((name) => [name, name === 'RAck' ? '1 1 INVITE' : name === 'Retry-After' ? '7' : 'leak.example']),
);

describe('what passes from one leg to the other', () => {
  it('is on the list, and nothing else, in every message of a call', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const call = alice.call('1002', PHONE_SDP, {
      headers: { ...EVERYTHING, 'Session-ID': `${CALLER_UUID};remote=${'0'.repeat(32)}` },
    });
    const answered = response(call);
    const invite = await ringing(bob);
    invite.progress(180, { headers: { ...EVERYTHING, 'Session-ID': `${CALLEE_UUID};remote=${CALLER_UUID}` } });
    const callee = invite.accept({ sdp: PHONE_SDP, headers: EVERYTHING });
    const { session, final } = await answered;
    const over = ended(session);
    void callee?.bye({ headers: EVERYTHING, reason: { protocol: 'Q.850', cause: 16 } });
    await over;
    const progress = alice.received.find((one) => one.kind === 'response' && one.status === 180);
    const bye = alice.last('BYE');
    if (progress === undefined || bye === undefined) throw new Error('Something did not come');

    for (const [message, crossing] of [
      [invite.request, 'invite'],
      [progress, 'progress'],
      [final, 'answer'],
      [bye, 'bye'],
    ] as const) {
      const allowed = [...PASSED, ...REWRITTEN]
        .filter(({ messages }) => messages.includes(crossing))
        .map(({ name }) => name.toLowerCase());
      const foreign = namesOf(message).filter((name) => !OWN.includes(name) && !allowed.includes(name));
      expect([crossing, foreign]).toEqual([crossing, []]);
      const own = textOf(message);
      expect(own).not.toContain('X-Secret');
    }
    // Neither side learns the other's dialog, address or program.
    expect(textOf(invite.request)).not.toContain(call.callId);
    expect(invite.request.header('Subject')).toBe('leak.example');
    expect(invite.request.header('Session-ID')).toBe(`${CALLER_UUID};remote=${'0'.repeat(32)}`);
    expect(final.header('Session-ID')).toBe(`${CALLEE_UUID};remote=${CALLER_UUID}`);
    expect(bye.header('Session-ID')).toBe(`${CALLEE_UUID};remote=${CALLER_UUID}`);
    expect(bye.reasons).toEqual([{ protocol: 'Q.850', cause: 16 }]);
    expect(final.header('P-Asserted-Identity')).toBe(`"User 1002" <sip:1002@${bench.organisation.domain}>`);
    const record = await bench.endedRecord();
    expect(record.legs).toMatchObject([{ sessionId: CALLER_UUID }, { sessionId: CALLEE_UUID }]);
  });

  it('has private headers where the organisation lets them', async () => {
    const { organisationId } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.organisation.update({
        where: { id: organisationId },
        data: { settings: { ringSeconds: 5, privateHeaders: ['X-Customer'] } },
      }),
    );
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    bench.bus.publish('directory.changed', { organisationId });
    await bench.bus.settled();
    const call = alice.call('1002', PHONE_SDP, { headers: { 'X-Customer': '4711', 'X-Other': 'no' } });
    const done = outcome(call);
    const { request } = await ringing(bob);
    expect([request.header('X-Customer'), request.has('X-Other')]).toEqual(['4711', false]);
    call.cancel({ reason: { protocol: 'SIP', cause: 600, text: 'Enough' } });
    await done;
    await until('the CANCEL', () => bob.last('CANCEL'));
    expect(bob.last('CANCEL')?.reasons).toEqual([{ protocol: 'SIP', cause: 600, text: 'Enough' }]);
  });

  it('of a refusal tells why, not who', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const rejected = refusal(alice.call('1002'));
    (await ringing(bob)).reject(486, {
      headers: {
        Reason: 'Q.850;cause=17',
        Warning: '399 10.9.8.7 "Gone fishing"',
        'Retry-After': '60',
        ...{ 'X-A': 'b' },
      },
    });
    const response = await rejected;
    expect(response.status).toBe(486);
    expect(response.reasons).toEqual([{ protocol: 'Q.850', cause: 17 }]);
    expect(response.header('Warning')).toBe(`399 ${bench.organisation.domain} "Gone fishing"`);
    expect([response.header('Retry-After'), response.has('X-A')]).toEqual(['60', false]);
  });
});

describe('identity', () => {
  it('with privacy reaches nobody, and stays in the records', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const call = alice.call('1002', PHONE_SDP, {
      headers: { Privacy: 'id;critical', Subject: 'me', Organization: 'us' },
    });
    const done = outcome(call);
    const { request } = await ringing(bob);
    expect(request.header('From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/);
    for (const word of ['1001', 'User 1001', 'Not my name', 'Subject', 'Organization', 'Privacy'])
      expect(textOf(request)).not.toContain(word);
    call.cancel();
    await done;
    expect(await bench.endedRecord()).toMatchObject({ fromNumber: '1001', fromName: 'User 1001' });
  });

  it('that is critical and unheard of is refused', async () => {
    const alice = await bench.phone('1001');
    await bench.phone('1002');
    const call = alice.call('1002', PHONE_SDP, { headers: { Privacy: 'moon;critical' } });
    expect((await outcome(call)).status).toBe(500);
  });

  it('is asserted by us alone: what a phone asserts or prefers of others is not heard', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const headers = { 'P-Asserted-Identity': '<sip:1003@evil.test>', 'P-Preferred-Identity': '<sip:1003@evil.test>' };
    const call = alice.call('1002', PHONE_SDP, { headers });
    const done = outcome(call);
    const { request } = await ringing(bob);
    expect(request.header('P-Asserted-Identity')).toBe(`"User 1001" <sip:1001@${bench.organisation.domain}>`);
    expect(textOf(request)).not.toContain('1003');
    call.cancel();
    await done;
  });

  it('may be that of an own group', async () => {
    const { organisationId, users } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, async (tx) => {
      const group = await tx.ringGroup.create({ data: { organisationId, name: 'Sales', ringSeconds: 5 } });
      await tx.extension.create({ data: { organisationId, number: '1100', kind: 'group', ringGroupId: group.id } });
      const userId = users.get('1001')?.userId ?? '';
      await tx.ringGroupMember.create({ data: { organisationId, ringGroupId: group.id, userId, position: 0 } });
    });
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const preferred = { 'P-Preferred-Identity': `<sip:1100@${bench.organisation.domain}>` };
    const call = alice.call('1002', PHONE_SDP, { headers: preferred });
    const done = outcome(call);
    expect((await ringing(bob)).request.from).toMatchObject({ displayName: 'Sales' });
    call.cancel();
    await done;
    expect(await bench.endedRecord()).toMatchObject({ fromNumber: '1001' });
  });
});

describe('history', () => {
  it('of a group says that the call came through it, and a ring ends with 482', async () => {
    const { organisationId, users } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, async (tx) => {
      const group = await tx.ringGroup.create({ data: { organisationId, name: 'Sales', ringSeconds: 5 } });
      await tx.extension.create({ data: { organisationId, number: '1100', kind: 'group', ringGroupId: group.id } });
      const userId = users.get('1002')?.userId ?? '';
      await tx.ringGroupMember.create({ data: { organisationId, ringGroupId: group.id, userId, position: 0 } });
    });
    const { domain } = bench.organisation;
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const call = alice.call('1100');
    const done = outcome(call);
    const { request } = await ringing(bob);
    expect(request.headers('History-Info')).toEqual([
      `<sip:1100@${domain}>;index=1`,
      `<sip:1002@${domain}>;index=1.1;mp=1`,
    ]);
    expect(request.header('Diversion')).toBe(`"Sales" <sip:1100@${domain}>;reason=unconditional;counter=1;privacy=off`);
    call.cancel();
    await done;
    const ring = alice.call('1002', PHONE_SDP, { headers: { Diversion: `<sip:1002@${domain}>;reason=unconditional` } });
    expect((await outcome(ring)).status).toBe(482);
  });
});

function namesOf(message: SipMessage): string[] {
  return textOf(message)
    .split('\r\n\r\n', 1)[0]!
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
}

function textOf(message: SipMessage): string {
  return Buffer.from(message.bytes).toString();
}

function response(call: OutgoingInvite) {
  return new Promise<{ session: Parameters<typeof ended>[0]; final: SipResponse }>((settle, fail) => {
    call.on('accepted', (session, final) => settle({ session, final }));
    call.on('rejected', ({ status }) => fail(new Error(`Refused with ${status}`)));
  });
}

function refusal(call: OutgoingInvite): Promise<SipResponse> {
  return new Promise((settle) => {
    call.on('rejected', ({ response: final }) => {
      if (final !== undefined) settle(final);
    });
  });
}
