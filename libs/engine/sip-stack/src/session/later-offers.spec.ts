import { describe, expect, it } from 'vitest';
import type { IncomingOffer } from '../api/invite-session.js';
import { hangUp, talking } from '../testing/agreed-call.js';
import { ScriptedPeer, bodyOf, headerOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');
const SDP_3 = SDP.replace('1 1 IN', '1 3 IN');
const ANSWER_2 = ANSWER.replace('1 1 IN', '1 2 IN');

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
