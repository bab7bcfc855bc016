import { describe, expect, it } from 'vitest';
import { ANSWER, SDP, answerCalls, call, openTestBed } from './testing/test-bed.js';
import type { Fate } from './testing/memory-network.js';

/** Loses the first `count` messages whose first line starts so. */
function lose(startLine: string, count: number): Fate {
  let left = count;
  return ({ text }) => {
    if (!text.startsWith(startLine) || left === 0) return [5];
    left -= 1;
    return [];
  };
}

describe('a call', () => {
  it('rings, is accepted, acknowledged and ended by the caller', async () => {
    const bed = await openTestBed();
    const callee = answerCalls(bed);
    const caller = call(bed);
    await bed.clock.advance(2000);
    expect(caller.diary.lines).toEqual(['progress 180', 'accepted']);
    expect(caller.session().remoteSdp).toBe(ANSWER);
    expect(callee.invites[0]?.offer).toBe(SDP);
    expect(callee.sessions[0]?.state).toBe('confirmed');
    const bye = caller.session().bye({ reason: { protocol: 'Q.850', cause: 16 } });
    await bed.clock.advance(100);
    expect((await bye).ok).toBe(true);
    expect(callee.diary.lines).toEqual(['accepted', 'acknowledged', 'ended bye by remote']);
    expect(bed.network.log.map(({ text }) => text.split(' SIP/2.0')[0]?.split('\r\n')[0])).toEqual([
      'INVITE sip:bob@10.0.0.2',
      'SIP/2.0 180 Ringing',
      'SIP/2.0 200 OK',
      'ACK sip:bob@10.0.0.2:5060',
      'BYE sip:bob@10.0.0.2:5060',
      'SIP/2.0 200 OK',
    ]);
    expect(await bed.leftovers()).toEqual({});
    expect(bed.errors).toEqual([]);
  });

  it('hears 100 Trying where nothing else is said in the turn in which it came (RFC 3261 §17.2.1)', async () => {
    const bed = await openTestBed();
    bed.bob.on('invite', (invite) => void bed.clock.setTimeout(() => invite.reject(486), 150));
    const caller = call(bed);
    await bed.clock.advance(500);
    expect(caller.diary.lines).toEqual(['rejected 486 response']);
    expect(bed.network.sent('SIP/2.0 100')).toHaveLength(1);
    expect(await bed.leftovers()).toEqual({});
  });

  it('is ended by the callee', async () => {
    const bed = await openTestBed();
    const callee = answerCalls(bed);
    const caller = call(bed);
    await bed.clock.advance(2000);
    void callee.sessions[0]?.bye();
    await bed.clock.advance(100);
    expect(caller.diary.lines).toContain('ended bye by remote');
    expect(await bed.leftovers()).toEqual({});
  });

  it.each([
    ['the INVITE twice', lose('INVITE', 2)],
    ['every 100 Trying', lose('SIP/2.0 100', 99)],
    ['the 200 three times', lose('SIP/2.0 200', 3)],
    ['the ACK four times', lose('ACK', 4)],
  ])('survives losing %s', async (_, fate) => {
    const bed = await openTestBed();
    bed.network.fate = fate;
    const callee = answerCalls(bed);
    const caller = call(bed);
    await bed.clock.advance(15_000);
    expect(caller.diary.lines.at(-1)).toBe('accepted');
    expect(callee.diary.lines).toEqual(['accepted', 'acknowledged']);
    void caller.session().bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('survives doubled messages in both directions', async () => {
    const bed = await openTestBed();
    bed.network.fate = () => [5, 7];
    const callee = answerCalls(bed);
    const caller = call(bed);
    await bed.clock.advance(3000);
    void caller.session().bye();
    await bed.clock.advance(100);
    // A provisional that comes again cannot be told from a new one.
    expect([...new Set(caller.diary.lines)]).toEqual(['progress 180', 'accepted', 'ended bye by local']);
    expect(callee.diary.lines).toEqual(['accepted', 'acknowledged', 'ended bye by remote']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('fails with 408 when nobody answers at all', async () => {
    const bed = await openTestBed();
    bed.network.fate = () => [];
    const caller = call(bed);
    await bed.clock.advance(33_000);
    expect(caller.diary.lines).toEqual(['rejected 408 timeout']);
    // Timer A doubles: 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s.
    expect(bed.network.sent('INVITE')).toHaveLength(7);
    expect(await bed.leftovers()).toEqual({});
  });

  it('ends with BYE when its 200 is never acknowledged', async () => {
    const bed = await openTestBed();
    bed.network.fate = lose('ACK', 99);
    const callee = answerCalls(bed);
    const caller = call(bed);
    await bed.clock.advance(40_000);
    expect(callee.diary.lines).toEqual(['accepted', 'ended no-ack by local']);
    expect(caller.diary.lines.at(-1)).toBe('ended bye by remote');
    expect(bed.network.sent('BYE')[0]?.text).toContain('Reason: SIP;cause=408;text="No ACK"');
    expect(await bed.leftovers()).toEqual({});
  });

  it('is refused, and the ACK of the refusal may be lost', async () => {
    const bed = await openTestBed();
    bed.network.fate = lose('ACK', 2);
    bed.bob.on('invite', (invite) => invite.reject(486, { headers: { 'Retry-After': '10' } }));
    const caller = call(bed);
    await bed.clock.advance(10_000);
    expect(caller.diary.lines).toEqual(['rejected 486 response']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('costs a throwing handler a 500 and nothing else', async () => {
    const bed = await openTestBed();
    bed.bob.on('invite', () => Promise.reject(new Error('broken')));
    const caller = call(bed);
    await bed.clock.advance(1000);
    expect(caller.diary.lines).toEqual(['rejected 500 response']);
    expect(bed.errors).toHaveLength(1);
    expect(await bed.leftovers()).toEqual({});
  });

  it('without an offer takes the answer from the ACK', async () => {
    const bed = await openTestBed();
    const callee = answerCalls(bed);
    const caller = call(bed, {});
    await bed.clock.advance(1500);
    expect(bed.network.sent('ACK')).toHaveLength(0);
    caller.session().acknowledge({ sdp: SDP });
    await bed.clock.advance(100);
    expect(callee.sessions[0]?.remoteSdp).toBe(SDP);
    expect(callee.diary.lines).toEqual(['accepted', 'acknowledged']);
    void caller.session().bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('repeats 180 every minute while it rings', async () => {
    const bed = await openTestBed();
    answerCalls(bed, 200_000);
    const caller = call(bed);
    await bed.clock.advance(190_000);
    expect(bed.network.sent('SIP/2.0 180')).toHaveLength(4);
    await bed.clock.advance(20_000);
    expect(caller.diary.lines.at(-1)).toBe('accepted');
    void caller.session().bye();
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('giving up', () => {
  it('cancels a ringing call with its reason', async () => {
    const bed = await openTestBed();
    const callee = answerCalls(bed, 20_000);
    const caller = call(bed);
    await bed.clock.advance(500);
    caller.invite.cancel({ reason: { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' } });
    await bed.clock.advance(500);
    expect(caller.diary.lines).toEqual(['progress 180', 'rejected 487 response']);
    expect(callee.diary.lines).toEqual(['cancelled 200']);
    expect(bed.network.sent('CANCEL')).toHaveLength(1);
    expect(await bed.leftovers()).toEqual({});
  });

  it('waits for a provisional before it sends CANCEL', async () => {
    const bed = await openTestBed();
    answerCalls(bed, 20_000);
    bed.network.fate = lose('SIP/2.0 1', 2);
    const caller = call(bed);
    caller.invite.cancel();
    await bed.clock.advance(100);
    expect(bed.network.sent('CANCEL')).toHaveLength(0);
    await bed.clock.advance(3000);
    expect(bed.network.sent('CANCEL')).toHaveLength(1);
    expect(caller.diary.lines).toEqual(['rejected 487 response']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('ends a call whose 200 crosses the CANCEL', async () => {
    const bed = await openTestBed();
    const callee = answerCalls(bed, 1000);
    const caller = call(bed);
    await bed.clock.advance(1006);
    caller.invite.cancel();
    await bed.clock.advance(3000);
    expect(caller.diary.lines).toEqual(['progress 180', 'rejected 487 ended']);
    expect(callee.diary.lines).toEqual(['accepted', 'acknowledged', 'ended bye by remote']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('does not wait for ever when the CANCEL is never answered', async () => {
    const bed = await openTestBed();
    answerCalls(bed, 500_000);
    const caller = call(bed);
    await bed.clock.advance(500);
    bed.network.fate = () => [];
    caller.invite.cancel();
    await bed.clock.advance(33_000);
    expect(caller.diary.lines.at(-1)).toBe('rejected 487 ended');
  });

  it('lets it ring no longer than asked', async () => {
    const bed = await openTestBed();
    const callee = answerCalls(bed, 60_000);
    const lines: string[] = [];
    bed.alice
      .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP, ringSeconds: 20 })
      .on('rejected', (failure) => lines.push(`${failure.status} ${failure.cause}`));
    await bed.clock.advance(21_000);
    expect(lines).toEqual(['408 timeout']);
    expect(callee.diary.lines).toEqual(['cancelled 408']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('refuses to send a request without hops left', async () => {
    const bed = await openTestBed();
    const lines: number[] = [];
    bed.alice
      .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', maxForwards: 0 })
      .on('rejected', (failure) => lines.push(failure.status));
    await bed.clock.advance(1);
    expect(lines).toEqual([483]);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('closing a user agent', () => {
  it('ends calls with BYE, refuses what rings and leaves nothing behind', async () => {
    const bed = await openTestBed();
    const callee = answerCalls(bed, 1000);
    const first = call(bed);
    await bed.clock.advance(2000);
    const second = call(bed);
    await bed.clock.advance(100);
    const closed = bed.bob.close();
    await bed.clock.advance(3000);
    await closed;
    expect(first.diary.lines.at(-1)).toBe('ended bye by remote');
    expect(second.diary.lines.at(-1)).toBe('rejected 503 response');
    expect(callee.diary.lines).toContain('ended closed by local');
    expect(await bed.leftovers()).toEqual({});
  });
});
