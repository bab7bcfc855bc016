import { describe, expect, it } from 'vitest';
import type { IncomingOffer, InviteSession } from '../api/invite-session.js';
import { ScriptedPeer, bodyOf, headerOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';
import type { TestBed } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');
const SDP_3 = SDP.replace('1 1 IN', '1 3 IN');
const ANSWER_2 = ANSWER.replace('1 1 IN', '1 2 IN');

interface Talk {
  bed: TestBed;
  peer: ScriptedPeer;
  session: InviteSession;
  lines: string[];
  ids: { callId: string; localTag: string; remoteTag: string };
}

/** Alice has called a scripted peer, which has accepted. */
async function talking(allow = 'INVITE, ACK, BYE, UPDATE, PRACK'): Promise<Talk> {
  const bed = await openTestBed();
  const peer = await ScriptedPeer.asBob(bed);
  const lines: string[] = [];
  let session: InviteSession | undefined;
  const invite = bed.alice
    .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP })
    .on('accepted', (accepted) => {
      session = accepted.on('ended', (end) => lines.push(`ended ${end.kind} by ${end.by}`));
    });
  await bed.clock.advance(20);
  peer.reply(peer.last('INVITE'), 200, { tag: 'one', sdp: ANSWER, headers: [`Allow: ${allow}`] });
  await bed.clock.advance(20);
  if (session === undefined) throw new Error('Not accepted');
  return { bed, peer, session, lines, ids: { callId: invite.callId, localTag: 'one', remoteTag: invite.localTag } };
}

async function hangUp({ bed, peer, session }: Talk): Promise<void> {
  void session.bye();
  await bed.clock.advance(20);
  peer.reply(peer.last('BYE'), 200);
  expect(await bed.leftovers()).toEqual({});
}

const statusOf = (text: string | undefined): string => /^SIP\/2\.0 (\d+)/.exec(text ?? '')?.[1] ?? '';
const lastOf = (peer: ScriptedPeer, cseq: string): string =>
  peer.received.findLast((text) => text.startsWith('SIP/2.0') && headerOf(text, 'CSeq') === cseq) ?? '';

describe('a re-INVITE of ours', () => {
  it('that meets one of the peer is refused there and tried again in 2.1 to 4 s by the owner of the Call-ID (§14.1)', async () => {
    const talk = await talking();
    const { bed, peer, session } = talk;
    const started = bed.clock.now();
    const outcome = session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.reply(peer.last('INVITE'), 491);
    let again = 0;
    peer.onMessage = (text) => {
      if (!text.startsWith('INVITE')) return;
      again = bed.clock.now() - started;
      peer.reply(text, 200, { sdp: ANSWER });
    };
    await bed.clock.advance(5000);
    expect(again).toBeGreaterThanOrEqual(2100);
    expect(again).toBeLessThanOrEqual(4100);
    expect(await outcome).toMatchObject({ ok: true });
    await hangUp(talk);
  });

  it('waits for what is open before it goes out: its own UPDATE, then the peer’s offer', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    const offers: IncomingOffer[] = [];
    session.on('update', (offer) => offers.push(offer));
    peer.request('UPDATE', { ...ids, sequence: 1 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    const outcome = session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(1000);
    expect(peer.got('INVITE')).toHaveLength(1);
    offers[0]?.accept({ sdp: SDP_2 });
    await bed.clock.advance(20);
    expect(peer.got('INVITE')).toHaveLength(2);
    peer.reply(peer.last('INVITE'), 200, { sdp: ANSWER });
    await bed.clock.advance(20);
    expect(await outcome).toMatchObject({ ok: true, sdp: ANSWER });
    await hangUp(talk);
  });

  it('has its ACK sent again when the 200 comes again, and with another body never', async () => {
    const talk = await talking();
    const { bed, peer, session } = talk;
    void session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    const request = peer.last('INVITE');
    for (let time = 0; time < 3; time++) peer.reply(request, 200, { sdp: ANSWER });
    await bed.clock.advance(20);
    const acks = peer.got('ACK').filter((text) => headerOf(text, 'CSeq') === '2 ACK');
    expect(acks).toHaveLength(3);
    expect(new Set(acks).size).toBe(1);
    await hangUp(talk);
  });

  it('that fails after something was agreed within it goes back to what was, and says so (RFC 6141 §3.4)', async () => {
    const talk = await talking();
    const { bed, peer, session } = talk;
    const seen: string[] = [];
    const outcome = session.reinvite({
      sdp: SDP_2,
      progress: (response, sdp, about) => seen.push(`${response.status} ${about.meaning} ${sdp === ANSWER_2}`),
    });
    await bed.clock.advance(20);
    const request = peer.last('INVITE');
    peer.reply(request, 183, { sdp: ANSWER_2, headers: ['Require: 100rel', 'RSeq: 4'] });
    await bed.clock.advance(20);
    expect(headerOf(peer.last('PRACK'), 'RAck')).toBe('4 2 INVITE');
    peer.reply(peer.last('PRACK'), 200);
    await bed.clock.advance(20);
    expect([session.localSdp, session.remoteSdp]).toEqual([SDP_2, ANSWER_2]);
    peer.reply(request, 488);
    await bed.clock.advance(20);
    expect(await outcome).toMatchObject({ ok: false, status: 488 });
    expect(seen).toEqual(['183 answer true']);
    // The old description again, as a new offer of its own version (RFC 3264 §8).
    const update = peer.last('UPDATE');
    expect(bodyOf(update)).toBe(SDP_3);
    peer.reply(update, 200, { sdp: ANSWER });
    await bed.clock.advance(20);
    expect([session.localSdp, session.remoteSdp]).toEqual([SDP_3, ANSWER]);
    await hangUp(talk);
  });

  it('moves the target by a reliable 1xx, not by others, and keeps it when it fails (RFC 6141 §4)', async () => {
    const talk = await talking();
    const { bed, peer, session } = talk;
    void session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    const request = peer.last('INVITE');
    peer.reply(request, 180, { contact: 'sip:unreliable@10.0.0.2' });
    await bed.clock.advance(20);
    expect(session.remoteTarget).toBe('sip:one@10.0.0.2');
    peer.reply(request, 180, { contact: 'sip:moved@10.0.0.2', headers: ['Require: 100rel', 'RSeq: 1'] });
    await bed.clock.advance(20);
    expect(session.remoteTarget).toBe('sip:moved@10.0.0.2');
    expect(peer.last('PRACK').split(' ')[1]).toBe('sip:moved@10.0.0.2');
    peer.reply(peer.last('PRACK'), 200);
    peer.reply(request, 488, { contact: 'sip:refused@10.0.0.2' });
    await bed.clock.advance(20);
    expect(session.remoteTarget).toBe('sip:moved@10.0.0.2');
    await hangUp(talk);
  });

  it('may be cancelled; and one that the peer lets ring for ever is, by timer C', async () => {
    const talk = await talking();
    const { bed, peer, session } = talk;
    const first = session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.reply(peer.last('INVITE'), 180);
    await bed.clock.advance(20);
    session.cancelReinvite({ reason: { protocol: 'SIP', cause: 487, text: 'Changed my mind' } });
    await bed.clock.advance(20);
    expect(headerOf(peer.last('CANCEL'), 'Reason')).toContain('Changed my mind');
    peer.reply(peer.last('CANCEL'), 200);
    peer.reply(peer.last('INVITE'), 487);
    await bed.clock.advance(20);
    expect(await first).toMatchObject({ ok: false, status: 487 });
    expect(session.state).toBe('confirmed');

    const second = session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.reply(peer.last('INVITE'), 180);
    await bed.clock.advance(181_000);
    expect(peer.got('CANCEL').length).toBeGreaterThan(1);
    await bed.clock.advance(33_000);
    expect(await second).toMatchObject({ ok: false, status: 408, cause: 'timeout' });
    // §12.2.1.2: silence ends the session, with a BYE that may still be heard.
    expect(talk.lines).toEqual(['ended lost by remote']);
    expect(peer.got('BYE').length).toBeGreaterThan(0);
    expect(await bed.leftovers()).toEqual({});
  });

  it.each([
    [481, true],
    [408, true],
    [404, true],
    [480, true],
    [488, false],
    [500, false],
    [603, false],
  ])('refused with %i ends the session: %s (RFC 5057 §5.1)', async (status, ends) => {
    const talk = await talking();
    const { bed, peer, session, lines } = talk;
    const outcome = session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.reply(peer.last('INVITE'), status);
    await bed.clock.advance(20);
    expect(await outcome).toMatchObject({ ok: false, status });
    expect(lines).toEqual(ends ? ['ended lost by remote'] : []);
    expect(session.localSdp).toBe(SDP);
    if (ends) {
      peer.reply(peer.last('BYE'), 481);
      expect(await bed.leftovers()).toEqual({});
    } else await hangUp(talk);
  });
});

describe('a 200 that brings an offer', () => {
  it('gets its ACK before the BYE, when the session is ended in place of an answer', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asBob(bed);
    bed.alice
      .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example' })
      .on('accepted', (session) => void session.bye());
    await bed.clock.advance(20);
    peer.reply(peer.last('INVITE'), 200, { tag: 'one', sdp: ANSWER });
    await bed.clock.advance(20);
    expect(peer.received.map((text) => text.split(' ')[0])).toEqual(['INVITE', 'ACK', 'BYE']);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a re-INVITE of the peer', () => {
  it('meets ours: 491; comes before the last one is answered: 500 with Retry-After up to 10 (§14.2)', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    const offers: IncomingOffer[] = [];
    session.on('reinvite', (offer) => offers.push(offer));
    void session.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.request('INVITE', { ...ids, sequence: 1 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '1 INVITE'))).toBe('491');
    peer.reply(peer.last('INVITE'), 488);
    await bed.clock.advance(20);
    peer.request('INVITE', { ...ids, sequence: 2 }, { sdp: ANSWER_2 });
    peer.request('INVITE', { ...ids, sequence: 3 }, { sdp: ANSWER_2 });
    peer.request('UPDATE', { ...ids, sequence: 4 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    for (const cseq of ['3 INVITE', '4 UPDATE']) {
      expect(statusOf(lastOf(peer, cseq))).toBe('500');
      expect(Number(headerOf(lastOf(peer, cseq), 'Retry-After'))).toBeLessThanOrEqual(10);
    }
    expect(offers).toHaveLength(1);
    offers[0]?.accept({ sdp: SDP_2 });
    await bed.clock.advance(20);
    peer.request('ACK', { ...ids, sequence: 2 });
    await bed.clock.advance(20);
    await hangUp(talk);
  });

  it('may ring, reliably, and then cannot be refused any more when something was agreed (RFC 6141 §3.3)', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    let offer: IncomingOffer | undefined;
    session.on('reinvite', (incoming) => {
      offer = incoming;
    });
    peer.request('INVITE', { ...ids, sequence: 1 }, { sdp: ANSWER_2, headers: ['Supported: 100rel'] });
    await bed.clock.advance(20);
    expect(offer?.progress(183, { sdp: SDP_2, reliable: true })).toBe('reliable');
    await bed.clock.advance(20);
    const rseq = headerOf(peer.last('SIP/2.0 183'), 'RSeq');
    peer.request('PRACK', { ...ids, sequence: 2 }, { headers: [`RAck: ${rseq} 1 INVITE`], contact: null });
    await bed.clock.advance(20);
    offer?.reject(488);
    await bed.clock.advance(20);
    const final = lastOf(peer, '1 INVITE');
    expect(statusOf(final)).toBe('200');
    expect(bodyOf(final)).toBe('');
    peer.request('ACK', { ...ids, sequence: 1 });
    await bed.clock.advance(20);
    expect([session.localSdp, session.remoteSdp]).toEqual([SDP_2, ANSWER_2]);
    await hangUp(talk);
  });

  it('that is cancelled gets 487, and its handler hears why', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    const reasons: unknown[] = [];
    session.on('reinvite', (offer) => offer.onCancelled((given) => reasons.push(given[0]?.cause)));
    peer.request('INVITE', { ...ids, sequence: 1 }, { sdp: ANSWER_2, branch: 'z9hG4bKre' });
    await bed.clock.advance(20);
    peer.request('CANCEL', { ...ids, sequence: 1 }, { branch: 'z9hG4bKre', headers: ['Reason: SIP;cause=487'] });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '1 INVITE'))).toBe('487');
    expect(reasons).toEqual([487]);
    expect(session.state).toBe('confirmed');
    await hangUp(talk);
  });

  it('waits when BYE comes: 487 to it, and the session is over (§15.1.2)', async () => {
    const talk = await talking();
    const { bed, peer, session, ids, lines } = talk;
    session.on('reinvite', () => undefined);
    peer.request('INVITE', { ...ids, sequence: 1 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    peer.request('BYE', { ...ids, sequence: 2 }, { headers: ['Reason: Q.850;cause=16'] });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '1 INVITE'))).toBe('487');
    expect(statusOf(lastOf(peer, '2 BYE'))).toBe('200');
    expect(lines).toEqual(['ended bye by remote']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('without SDP gets our offer; without an answer in the ACK the session ends with BYE (§13.2.1)', async () => {
    const talk = await talking();
    const { bed, peer, session, ids, lines } = talk;
    session.on('reinvite', (offer) => offer.accept({ sdp: SDP_2 }));
    peer.request('INVITE', { ...ids, sequence: 1 });
    await bed.clock.advance(20);
    expect(bodyOf(lastOf(peer, '1 INVITE'))).toBe(SDP_2);
    peer.request('UPDATE', { ...ids, sequence: 2 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '2 UPDATE'))).toBe('500');
    peer.request('ACK', { ...ids, sequence: 1 });
    await bed.clock.advance(20);
    expect(lines).toEqual(['ended no-answer by local']);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('has a body in its ACK ignored where none is due', async () => {
    const talk = await talking();
    const { bed, peer, session, ids } = talk;
    const acknowledged: (string | undefined)[] = [];
    session.on('reinvite', (offer) => offer.accept({ sdp: SDP_2 })).on('acknowledged', (sdp) => acknowledged.push(sdp));
    peer.request('INVITE', { ...ids, sequence: 1 }, { sdp: ANSWER_2 });
    await bed.clock.advance(20);
    peer.request('ACK', { ...ids, sequence: 1 }, { sdp: SDP_3 });
    await bed.clock.advance(20);
    expect(acknowledged).toEqual([undefined]);
    expect(session.remoteSdp).toBe(ANSWER_2);
    await hangUp(talk);
  });

  it('without Contact is a bad one: 400', async () => {
    const talk = await talking();
    const { bed, peer, ids } = talk;
    peer.request('INVITE', { ...ids, sequence: 1 }, { sdp: ANSWER_2, contact: null });
    await bed.clock.advance(20);
    expect(statusOf(lastOf(peer, '1 INVITE'))).toBe('400');
    await hangUp(talk);
  });
});

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
