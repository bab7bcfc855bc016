import { describe, expect, it } from 'vitest';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteOptions } from '../api/outgoing-invite.js';
import type { TestBed } from '../testing/test-bed.js';
import { ANSWER, SDP, answerCalls, call, openTestBed } from '../testing/test-bed.js';
import { dialogOfPeer } from './dialog-of-peer.js';
import { EndedDialogs } from './ended-dialogs.js';

/** A call is up; then another INVITE comes to Bob. */
async function callThen(options: (bed: TestBed, first: ReturnType<typeof call>) => Partial<InviteOptions>) {
  const bed = await openTestBed();
  const bob = answerCalls(bed, 100);
  const first = call(bed);
  await bed.clock.advance(500);
  const invites: IncomingInvite[] = [];
  bed.bob.on('invite', (invite) => void invites.push(invite));
  const seen: string[] = [];
  bed.alice
    .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:carol@c.example', sdp: SDP, ...options(bed, first) })
    .on('accepted', () => seen.push('accepted'))
    .on('rejected', ({ status }) => seen.push(`rejected ${status}`));
  await bed.clock.advance(100);
  return { bed, bob, first, invites, seen };
}

describe('an INVITE with Replaces (RFC 3891)', () => {
  it('names the session it takes over, which ends with BYE once the new call is accepted', async () => {
    const { bed, bob, first, invites, seen } = await callThen((_, { session }) => ({
      replaces: dialogOfPeer(session()),
    }));
    const [invite] = invites;
    expect(invite?.replaces?.session).toBe(bob.sessions[0]);
    expect(bob.sessions[0]?.state).toBe('confirmed');
    invite?.accept({ sdp: ANSWER });
    await bed.clock.advance(500);
    expect(seen).toEqual(['accepted']);
    expect(first.diary.lines.at(-1)).toBe('ended bye by remote');
    expect(bob.diary.lines.at(-1)).toBe('ended replaced by local');
    expect(bed.network.sent('INVITE').at(-1)?.text).toContain('\r\nRequire: replaces\r\n');
    void bed.alice.close();
    expect(await bed.leftovers()).toEqual({});
  });

  it('leaves the old session as it is when it is refused', async () => {
    const { bed, bob, invites, seen } = await callThen((_, { session }) => ({ replaces: dialogOfPeer(session()) }));
    invites[0]?.reject(403);
    await bed.clock.advance(500);
    expect(seen).toEqual(['rejected 403']);
    expect(bob.sessions[0]?.state).toBe('confirmed');
  });

  it('is declined when the old session ends before the new call is accepted', async () => {
    const { bed, bob, invites, seen } = await callThen((_, { session }) => ({ replaces: dialogOfPeer(session()) }));
    await Promise.all([bob.sessions[0]?.bye(), bed.clock.advance(100)]);
    expect(invites[0]?.accept({ sdp: ANSWER })).toBeUndefined();
    await bed.clock.advance(500);
    expect(seen).toEqual(['rejected 603']);
  });

  it('finds no dialog: 481', async () => {
    const { seen, invites } = await callThen(() => ({ replaces: { callId: 'x', toTag: 'a', fromTag: 'b' } }));
    expect([seen, invites]).toEqual([['rejected 481'], []]);
  });

  it('that names the tags the wrong way round finds no dialog', async () => {
    const { seen } = await callThen((_, { session }) => {
      const { callId, toTag, fromTag } = dialogOfPeer(session());
      return { replaces: { callId, toTag: fromTag, fromTag: toTag } };
    });
    expect(seen).toEqual(['rejected 481']);
  });

  it('wants an early dialog only, but the call is answered: 486', async () => {
    const { seen } = await callThen((_, { session }) => ({
      replaces: { ...dialogOfPeer(session()), earlyOnly: true },
    }));
    expect(seen).toEqual(['rejected 486']);
  });

  it('wants a session that has just ended: 603; long after, nobody knows it: 481', async () => {
    const bed = await openTestBed();
    answerCalls(bed, 100);
    const first = call(bed);
    await bed.clock.advance(500);
    await Promise.all([first.session().bye(), bed.clock.advance(500)]);
    const seen: string[] = [];
    const again = (): void => {
      bed.alice
        .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:c@c', sdp: SDP, replaces: dialogOfPeer(first.session()) })
        .on('rejected', ({ status }) => seen.push(`rejected ${status}`));
    };
    again();
    await bed.clock.advance(40_000);
    again();
    await bed.clock.advance(500);
    expect(seen).toEqual(['rejected 603', 'rejected 481']);
  });

  it.each([
    ['twice', { Replaces: ['a;to-tag=1;from-tag=2', 'b;to-tag=1;from-tag=2'] }],
    ['together with Join', { Replaces: 'a;to-tag=1;from-tag=2', Join: 'a;to-tag=1;from-tag=2' }],
    ['without a tag', { Replaces: 'a;to-tag=1' }],
  ])('%s is a bad request', async (_, headers) => {
    const { seen } = await callThen(() => ({ headers }));
    expect(seen).toEqual(['rejected 400']);
  });

  it('belongs to no other request', async () => {
    const bed = await openTestBed();
    const outcome = bed.alice.request({
      method: 'OPTIONS',
      target: 'sip:bob@10.0.0.2',
      from: 'sip:a@a',
      headers: { Replaces: 'a;to-tag=1;from-tag=2' },
    });
    await bed.clock.advance(500);
    expect(await outcome).toMatchObject({ ok: false, status: 400 });
  });

  it('carries on who referred the caller (RFC 3892)', async () => {
    const { invites } = await callThen(() => ({ headers: { 'Referred-By': '"Bob" <sip:bob@b.example>;cid="1@b"' } }));
    expect(invites[0]?.referredBy).toMatchObject({ uri: 'sip:bob@b.example', contentId: '1@b' });
  });
});

describe('an INVITE with Join (RFC 3911)', () => {
  it('names the session it joins, which goes on', async () => {
    const { bob, bed, invites, seen } = await callThen((_, { session }) => ({ join: dialogOfPeer(session()) }));
    expect(invites[0]?.joins).toBe(bob.sessions[0]);
    invites[0]?.accept({ sdp: ANSWER });
    await bed.clock.advance(500);
    expect(seen).toEqual(['accepted']);
    expect(bob.sessions[0]?.state).toBe('confirmed');
  });
});

describe('dialogs that ended', () => {
  it('are forgotten after a while, and are bounded in number', async () => {
    const bed = await openTestBed();
    const ended = new EndedDialogs(bed.clock);
    const id = (callId: string) => ({ callId, localTag: 'a', remoteTag: 'b' });
    for (let count = 0; count < 10_100; count++) ended.add(id(String(count)));
    expect(ended.size).toBeLessThanOrEqual(10_000);
    expect([ended.has(id('10099')), ended.has(id('6000'))]).toEqual([true, true]);
    await bed.clock.advance(33_000);
    expect(ended.has(id('10099'))).toBe(false);
    ended.add(id('x'));
    await bed.clock.advance(33_000);
    ended.add(id('y'));
    expect(ended.size).toBe(2);
    await bed.clock.advance(65_000);
    ended.add(id('z'));
    expect(ended.size).toBe(1);
  });
});

describe('picking up a call that rings elsewhere (RFC 3891 §7.1)', () => {
  it('takes over our early dialog, whose INVITE is cancelled', async () => {
    const bed = await openTestBed();
    const rings: IncomingInvite[] = [];
    const cancelled: unknown[] = [];
    bed.alice.on('invite', (invite) => {
      rings.push(invite);
      invite.onCancelled(() => cancelled.push('cancelled'));
      invite.progress(180);
    });
    const ended: string[] = [];
    bed.bob
      .invite({ target: 'sip:alice@10.0.0.1', from: 'sip:bob@b.example', sdp: SDP })
      .on('rejected', ({ status }) => ended.push(`rejected ${status}`));
    await bed.clock.advance(100);
    const replaced: unknown[] = [];
    bed.bob.on('invite', (invite) => {
      replaced.push(invite.replaces?.session.state);
      invite.accept({ sdp: ANSWER });
    });
    const [ring] = rings;
    if (ring === undefined) throw new Error('Nobody rings');
    const seen: string[] = [];
    bed.alice
      .invite({
        target: 'sip:bob@10.0.0.2',
        from: 'sip:carol@c.example',
        sdp: SDP,
        replaces: {
          ...dialogOfPeer({ id: { callId: ring.callId, localTag: ring.localTag, remoteTag: ring.remoteTag } }),
          earlyOnly: true,
        },
      })
      .on('accepted', () => seen.push('accepted'));
    await bed.clock.advance(1000);
    expect(replaced).toEqual(['early']);
    expect([seen, cancelled]).toEqual([['accepted'], ['cancelled']]);
    expect(ended).toEqual(['rejected 487']);
    void bed.alice.close();
    expect(await bed.leftovers()).toEqual({});
  });
});
