import { describe, expect, it } from 'vitest';
import { called, confirmAndHangUp, prack, rseqOf } from '../testing/reliable-caller.js';
import { bodyOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');
const ANSWER_2 = ANSWER.replace('1 1 IN', '1 2 IN');

describe('offers and answers in reliable replies (RFC 3262 §5)', () => {
  it('offer in the 183 of an offerless INVITE, answer in the PRACK', async () => {
    const { bed, peer, invite, tag } = await called({ sdp: undefined as never });
    const seen: (string | undefined)[] = [];
    invite.dialog.on('prack', (one) => seen.push(one.answer));
    invite.progress(183, { reliable: true, sdp: ANSWER });
    const session = invite.accept({ sdp: ANSWER });
    await bed.clock.advance(20);
    expect(bodyOf(peer.last('SIP/2.0 183'))).toBe(ANSWER);
    prack(peer, tag, { rseq: rseqOf(peer.last('SIP/2.0 183')), sequence: 2, sdp: SDP_2 });
    await bed.clock.advance(20);
    expect(seen).toEqual([SDP_2]);
    expect([session?.localSdp, session?.remoteSdp]).toEqual([ANSWER, SDP_2]);
    await confirmAndHangUp({ bed, peer, tag }, session);
  });

  it('no offer in an unreliable reply: an offerless INVITE gets none there', async () => {
    const { bed, peer, invite } = await called({ sdp: undefined as never, headers: [] });
    invite.progress(183, { sdp: ANSWER });
    await bed.clock.advance(20);
    expect(bodyOf(peer.last('SIP/2.0 183'))).toBe('');
    invite.reject(486);
    await bed.leftovers();
  });

  it('a further offer in the PRACK is answered in its 200', async () => {
    const { bed, peer, invite, tag } = await called();
    const seen: (string | undefined)[] = [];
    invite.dialog.on('prack', (one) => {
      seen.push(one.offer);
      one.accept({ sdp: ANSWER_2 });
    });
    invite.progress(183, { reliable: true, sdp: ANSWER });
    await bed.clock.advance(20);
    prack(peer, tag, { rseq: rseqOf(peer.last('SIP/2.0 183')), sequence: 2, sdp: SDP_2 });
    await bed.clock.advance(20);
    expect(seen).toEqual([SDP_2]);
    expect(bodyOf(peer.received.at(-1) ?? '')).toBe(ANSWER_2);
    expect([invite.dialog.localSdp, invite.dialog.remoteSdp]).toEqual([ANSWER_2, SDP_2]);
    invite.reject(486);
    await bed.leftovers();
  });

  it('one that nobody takes gets 488, and its PRACK may come again without it (RFC 6337 §2.3)', async () => {
    const { bed, peer, invite, tag } = await called();
    invite.progress(183, { reliable: true, sdp: ANSWER });
    await bed.clock.advance(20);
    const rseq = rseqOf(peer.last('SIP/2.0 183'));
    prack(peer, tag, { rseq, sequence: 2, sdp: SDP_2 });
    await bed.clock.advance(20);
    expect(peer.received.at(-1)).toMatch(/^SIP\/2\.0 488 /);
    prack(peer, tag, { rseq, sequence: 3 });
    await bed.clock.advance(20);
    expect(peer.received.at(-1)).toMatch(/^SIP\/2\.0 200 /);
    expect(invite.dialog.remoteSdp).toBe(SDP);
    invite.reject(486);
    await bed.leftovers();
  });
});
