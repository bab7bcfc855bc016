import { describe, expect, it } from 'vitest';
import type { IncomingOffer } from '../api/invite-session.js';
import { hangUp, lastOf, statusOf, talking } from '../testing/agreed-call.js';
import { bodyOf, headerOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');
const SDP_3 = SDP.replace('1 1 IN', '1 3 IN');
const ANSWER_2 = ANSWER.replace('1 1 IN', '1 2 IN');

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
