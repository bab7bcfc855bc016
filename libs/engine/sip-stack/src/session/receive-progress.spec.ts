import { describe, expect, it } from 'vitest';
import type { InviteProgress, InviteSession } from '../api/invite-session.js';
import { ScriptedPeer, bodyOf, headerOf, tagOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');
const ANSWER_2 = ANSWER.replace('1 1 IN', '1 2 IN');

describe('reliable provisional replies to us (RFC 3262 §4)', () => {
  async function calling(sdp: string | undefined, acknowledge?: (about: InviteProgress) => void) {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asBob(bed);
    const lines: string[] = [];
    let dialog: InviteSession | undefined;
    let accepted: string | undefined;
    const invite = bed.alice
      .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', ...(sdp === undefined ? {} : { sdp }) })
      .on('progress', (response, _, about) => {
        ({ dialog } = about);
        lines.push(`${response.status} ${about.reliable} ${about.meaning}`);
        acknowledge?.(about);
      })
      .on('accepted', (_, __, agreed) => {
        accepted = agreed;
      });
    await bed.clock.advance(20);
    const close = async (): Promise<void> => {
      invite.cancel();
      await bed.clock.advance(20);
      peer.reply(peer.last('CANCEL'), 200);
      peer.reply(peer.last('INVITE'), 487, { tag: 'one' });
      expect(await bed.leftovers()).toEqual({});
    };
    return { bed, peer, lines, invite, dialog: () => dialog, accepted: () => accepted, close };
  }

  const reliable = (rseq: number): { tag: string; headers: string[] } => ({
    tag: 'one',
    headers: ['Require: 100rel', `RSeq: ${rseq}`],
  });

  it('get one PRACK each; repeats and gaps get none and are not told', async () => {
    const { bed, peer, lines, close } = await calling(SDP);
    const request = peer.last('INVITE');
    expect(headerOf(request, 'Supported')).toMatch(/\b100rel\b/);
    peer.reply(request, 180, reliable(10));
    peer.reply(request, 180, reliable(10));
    peer.reply(request, 183, reliable(12));
    await bed.clock.advance(20);
    expect(lines).toEqual(['180 true undefined']);
    const [first] = peer.got('PRACK');
    expect(headerOf(first ?? '', 'RAck')).toBe('10 1 INVITE');
    expect(headerOf(first ?? '', 'CSeq')).toBe('2 PRACK');
    expect(headerOf(first ?? '', 'Contact')).toBeUndefined();
    expect(tagOf(first ?? '', 'To')).toBe('one');
    expect(peer.got('PRACK')).toHaveLength(1);
    peer.reply(first ?? '', 200);
    peer.reply(request, 183, reliable(11));
    await bed.clock.advance(20);
    expect(headerOf(peer.last('PRACK'), 'RAck')).toBe('11 1 INVITE');
    peer.reply(peer.last('PRACK'), 200);
    peer.reply(request, 100, { headers: ['Require: 100rel', 'RSeq: 12'] });
    peer.reply(request, 180, { tag: 'one', headers: ['Require: 100rel'] });
    await bed.clock.advance(20);
    expect(peer.got('PRACK')).toHaveLength(2);
    await close();
  });

  it.each([400, 403, 481, 500])('whose PRACK is refused with %i leave the call as it is', async (status) => {
    const { bed, peer, lines, accepted, dialog } = await calling(SDP);
    const request = peer.last('INVITE');
    peer.reply(request, 183, { ...reliable(10), sdp: ANSWER });
    await bed.clock.advance(20);
    peer.reply(peer.last('PRACK'), status);
    await bed.clock.advance(20);
    // It is said once: nobody asks for it again, and the next one is acknowledged as ever.
    expect([peer.got('PRACK').length, dialog()?.state]).toEqual([1, 'early']);
    peer.reply(request, 180, reliable(11));
    await bed.clock.advance(20);
    expect(headerOf(peer.last('PRACK'), 'RAck')).toBe('11 1 INVITE');
    peer.reply(peer.last('PRACK'), 200);
    peer.reply(request, 200, { tag: 'one' });
    await bed.clock.advance(20);
    expect(lines).toEqual(['183 true answer', '180 true undefined']);
    expect([dialog()?.state, dialog()?.remoteSdp, accepted()]).toEqual(['confirmed', ANSWER, ANSWER]);
    void dialog()?.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('number each branch by itself', async () => {
    const { bed, peer, close } = await calling(SDP);
    const request = peer.last('INVITE');
    peer.reply(request, 180, { tag: 'one', headers: ['Require: 100rel', 'RSeq: 5'] });
    peer.reply(request, 180, { tag: 'two', headers: ['Require: 100rel', 'RSeq: 900'] });
    await bed.clock.advance(20);
    expect(peer.got('PRACK').map((text) => `${tagOf(text, 'To')} ${headerOf(text, 'RAck')}`)).toEqual([
      'one 5 1 INVITE',
      'two 900 1 INVITE',
    ]);
    for (const text of peer.got('PRACK')) peer.reply(text, 200);
    await close();
  });

  it('bring the answer; what the 200 repeats is ignored, and it may bring none', async () => {
    const { bed, peer, lines, accepted } = await calling(SDP);
    const request = peer.last('INVITE');
    peer.reply(request, 183, { ...reliable(1), sdp: ANSWER });
    await bed.clock.advance(20);
    peer.reply(peer.last('PRACK'), 200);
    peer.reply(request, 200, { tag: 'one', sdp: ANSWER_2 });
    await bed.clock.advance(20);
    expect(lines).toEqual(['183 true answer']);
    expect(accepted()).toBe(ANSWER);
    void bed.alice.close();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('may bring the offer, whose answer goes in the PRACK when the application has it', async () => {
    const { bed, peer, lines, accepted } = await calling(undefined, (about) => {
      bed.clock.setTimeout(() => void about.acknowledge({ sdp: SDP_2 }), 300);
    });
    const request = peer.last('INVITE');
    peer.reply(request, 183, { ...reliable(1), sdp: ANSWER });
    await bed.clock.advance(200);
    expect(lines).toEqual(['183 true offer']);
    expect(peer.got('PRACK')).toHaveLength(0);
    await bed.clock.advance(200);
    expect(bodyOf(peer.last('PRACK'))).toBe(SDP_2);
    peer.reply(peer.last('PRACK'), 200);
    peer.reply(request, 200, { tag: 'one' });
    await bed.clock.advance(20);
    expect(accepted()).toBe(ANSWER);
    expect(bodyOf(peer.last('ACK'))).toBe('');
    void bed.alice.close();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('may get a further offer in their PRACK, once more without it after 488', async () => {
    const outcomes: unknown[] = [];
    const { bed, peer, dialog, close } = await calling(SDP, (about) => {
      if (about.meaning === 'answer') void about.acknowledge({ sdp: SDP_2 }).then((outcome) => outcomes.push(outcome));
    });
    const request = peer.last('INVITE');
    peer.reply(request, 183, { ...reliable(1), sdp: ANSWER });
    await bed.clock.advance(20);
    expect(bodyOf(peer.last('PRACK'))).toBe(SDP_2);
    peer.reply(peer.last('PRACK'), 488);
    await bed.clock.advance(20);
    expect(outcomes).toMatchObject([{ ok: false, status: 488 }]);
    expect(peer.got('PRACK')).toHaveLength(2);
    expect(bodyOf(peer.last('PRACK'))).toBe('');
    expect(headerOf(peer.last('PRACK'), 'RAck')).toBe('1 1 INVITE');
    peer.reply(peer.last('PRACK'), 200);
    await bed.clock.advance(20);
    expect([dialog()?.localSdp, dialog()?.remoteSdp]).toEqual([SDP, ANSWER]);
    await close();
  });

  it('are wanted by policy: Require in the INVITE, none when off', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asBob(bed);
    for (const reliableProvisional of ['required', 'off'] as const) {
      const invite = bed.alice.invite({
        target: 'sip:bob@10.0.0.2',
        from: 'sip:alice@a.example',
        sdp: SDP,
        reliableProvisional,
      });
      await bed.clock.advance(20);
      const request = peer.last('INVITE');
      expect(headerOf(request, 'Require')).toBe(reliableProvisional === 'off' ? undefined : '100rel');
      expect(/\b100rel\b/.test(headerOf(request, 'Supported') ?? '')).toBe(reliableProvisional === 'required');
      expect(headerOf(request, 'Allow')).toContain('PRACK');
      invite.cancel();
      peer.reply(request, 420, { tag: 'x', headers: ['Unsupported: 100rel'] });
      await bed.clock.advance(20);
    }
    expect(await bed.leftovers()).toEqual({});
  });

  it('work from end to end over a network that loses a third, with every reply told once and in order', async () => {
    const bed = await openTestBed({ seed: 5 });
    let toss = 0;
    bed.network.fate = () => ((toss = (toss * 31 + 7) % 10) < 3 ? [] : [5]);
    bed.bob.on('invite', (invite) => {
      invite.progress(183, { sdp: ANSWER, reliable: true });
      invite.progress(180, { reliable: true });
      invite.progress(182, { reliable: true });
      invite.accept({ sdp: ANSWER })?.on('acknowledged', () => seen.push('acknowledged'));
    });
    const seen: string[] = [];
    bed.alice
      .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP })
      .on('progress', (response) => seen.push(String(response.status)))
      .on('accepted', (session, _, sdp) => {
        seen.push(`accepted ${sdp === ANSWER}`);
        bed.clock.setTimeout(() => void session.bye(), 20_000);
      });
    await bed.clock.advance(30_000);
    // What was queued behind the 183 is overtaken by the 200.
    expect(seen).toEqual(['183', 'accepted true', 'acknowledged']);
    expect(await bed.leftovers()).toEqual({});
  });
});
