import { describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import { hangUp, lastOf, statusOf, talking } from '../testing/agreed-call.js';
import { bodyOf, headerOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');
const ANSWER_2 = ANSWER.replace('1 1 IN', '1 2 IN');

describe('UPDATE (RFC 3311)', () => {
  it('without SDP refreshes the target whatever else is open', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    void session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.request('UPDATE', { ...ids, sequence: 1 }, { contact: 'sip:moved@10.0.0.2' });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '1 UPDATE'))).toBe('200');
    expect(bodyOf(lastOf(peer, '1 UPDATE'))).toBe('');
    expect(session.remoteTarget).toBe('sip:moved@10.0.0.2');
    peer.reply(peer.last('INVITE'), 200, { sdp: ANSWER });
    await bed.clock.advance(20);
    await hangUp(talk);
  });

  it('with SDP that meets a re-INVITE of ours gets 491, and is taken once that is over (§5.2)', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    const offers: (string | undefined)[] = [];
    session.on('update', (offer) => {
      offers.push(offer.offer);
      offer.accept({ sdp: SDP_2 });
    });
    const outcome = session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.reply(peer.last('INVITE'), 180);
    peer.request('UPDATE', { ...ids, sequence: 1 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    expect([statusOf(lastOf(peer, '1 UPDATE')), offers]).toEqual(['491', []]);
    peer.reply(peer.last('INVITE'), 200, { sdp: ANSWER });
    await bed.clock.advance(20);
    expect(await outcome).toMatchObject({ ok: true });
    peer.request('UPDATE', { ...ids, sequence: 2 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    expect([statusOf(lastOf(peer, '2 UPDATE')), offers]).toEqual(['200', [ANSWER_2]]);
    await hangUp(talk);
  });

  it('that meets an offer of ours gets 491, and a second one at once 500 (§5.2)', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    session.on('update', () => undefined);
    void session.update({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.request('UPDATE', { ...ids, sequence: 1 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '1 UPDATE'))).toBe('491');
    peer.reply(peer.last('UPDATE'), 200, { sdp: ANSWER });
    await bed.clock.advance(20);
    peer.request('UPDATE', { ...ids, sequence: 2 }, { sdp: ANSWER_2 });
    peer.request('UPDATE', { ...ids, sequence: 3 });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '3 UPDATE'))).toBe('500');
    expect(headerOf(lastOf(peer, '3 UPDATE'), 'Retry-After')).toMatch(/^\d+$/);
    await hangUp(talk);
  });

  it('that a user would have to approve may be refused with 504, and nothing changes', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    session.on('update', (offer) => offer.reject(504));
    peer.request('UPDATE', { ...ids, sequence: 1 }, { sdp: ANSWER_2, contact: 'sip:moved@10.0.0.2' });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '1 UPDATE'))).toBe('504');
    expect([session.remoteSdp, session.remoteTarget]).toEqual([ANSWER, 'sip:one@10.0.0.2']);
    await hangUp(talk);
  });

  it('of ours is tried again after a short Retry-After, once each', async () => {
    const talk = await talking();
    const { bed, peer, session } = talk;
    const outcome = session.update({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.reply(peer.last('UPDATE'), 500, { headers: ['Retry-After: 3 (busy)'] });
    await bed.clock.advance(2900);
    expect(peer.got('UPDATE')).toHaveLength(1);
    await bed.clock.advance(200);
    expect(peer.got('UPDATE')).toHaveLength(2);
    peer.reply(peer.last('UPDATE'), 200, { sdp: ANSWER });
    await bed.clock.advance(20);
    expect(await outcome).toMatchObject({ ok: true, sdp: ANSWER });
    await hangUp(talk);
  });

  it('of both sides at once ends with both done', async () => {
    const bed = await openTestBed();
    const sessions: InviteSession[] = [];
    bed.bob.on('invite', (invite) => {
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) sessions.push(session.on('update', (offer) => offer.accept({ sdp: ANSWER_2 })));
    });
    bed.alice
      .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP })
      .on('accepted', (session) => sessions.push(session.on('update', (offer) => offer.accept({ sdp: SDP_2 }))));
    await bed.clock.advance(100);
    const both = sessions.map((session, at) => session.update({ sdp: at === 0 ? ANSWER_2 : SDP_2 }));
    await bed.clock.advance(20_000);
    expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, true]);
    expect(bed.network.sent('SIP/2.0 491').length).toBeGreaterThan(0);
    void sessions[0]?.bye();
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('failures that are not the session’s', () => {
  it('leave it as it is: a NOTIFY with 481, a REFER with 404, an INFO with 405', async () => {
    const talk = await talking();
    const { bed, peer, session, lines } = talk;
    void session.notify({ event: 'refer', subscriptionState: 'active' });
    await bed.clock.advance(20);
    peer.reply(peer.last('NOTIFY'), 481);
    void session.info({ contentType: 'text/plain', body: 'x' });
    await bed.clock.advance(20);
    peer.reply(peer.last('INFO'), 405);
    await bed.clock.advance(20);
    expect(lines).toEqual([]);
    void session.info({ contentType: 'text/plain', body: 'x' });
    await bed.clock.advance(20);
    peer.reply(peer.last('INFO'), 481);
    await bed.clock.advance(20);
    expect(lines).toEqual(['ended lost by remote']);
    peer.reply(peer.last('BYE'), 481);
    expect(await bed.leftovers()).toEqual({});
  });
});
