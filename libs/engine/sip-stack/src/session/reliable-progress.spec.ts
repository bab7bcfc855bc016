import { describe, expect, it } from 'vitest';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteProgress, InviteSession } from '../api/invite-session.js';
import type { UserAgentOptions } from '../api/user-agent.js';
import { ScriptedPeer, bodyOf, headerOf, tagOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';
import type { TestBed } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');
const ANSWER_2 = ANSWER.replace('1 1 IN', '1 2 IN');

/** A scripted caller whose INVITE rings at Bob. */
async function called(
  about: { headers?: string[]; sdp?: string; agents?: Partial<UserAgentOptions> } = {},
): Promise<{ bed: TestBed; peer: ScriptedPeer; invite: IncomingInvite; lines: string[]; tag: string }> {
  const bed = await openTestBed(about.agents === undefined ? {} : { agents: about.agents });
  const peer = await ScriptedPeer.asAlice(bed);
  const lines: string[] = [];
  let invite: IncomingInvite | undefined;
  bed.bob.on('invite', (incoming) => {
    invite = incoming;
    incoming.onCancelled(() => lines.push('cancelled'));
  });
  const sdp = 'sdp' in about ? about.sdp : SDP;
  peer.request(
    'INVITE',
    { callId: 'c1', localTag: 'peer', sequence: 1 },
    { headers: about.headers ?? ['Supported: 100rel'], branch: 'z9hG4bKinvite', ...(sdp === undefined ? {} : { sdp }) },
  );
  await bed.clock.advance(20);
  if (invite === undefined) throw new Error(`No INVITE: ${peer.received.at(-1)}`);
  return { bed, peer, invite, lines, tag: invite.localTag };
}

function prack(
  peer: ScriptedPeer,
  tag: string,
  of: { rseq: number; sequence: number; sdp?: string; invite?: number },
): void {
  peer.request(
    'PRACK',
    { callId: 'c1', localTag: 'peer', remoteTag: tag, sequence: of.sequence },
    {
      headers: [`RAck: ${of.rseq} ${of.invite ?? 1} INVITE`],
      contact: null,
      ...(of.sdp === undefined ? {} : { sdp: of.sdp }),
    },
  );
}

const rseqOf = (text: string): number => Number(headerOf(text, 'RSeq'));

describe('reliable provisional replies of ours (RFC 3262 §3)', () => {
  it('carry Require and RSeq and are repeated with doubling time until their PRACK', async () => {
    const { bed, peer, invite, tag } = await called();
    expect(invite.supportsReliable).toBe(true);
    expect(invite.progress(183, { sdp: ANSWER, reliable: true })).toBe('reliable');
    await bed.clock.advance(20);
    const first = peer.last('SIP/2.0 183');
    expect(headerOf(first, 'Require')).toBe('100rel');
    expect(rseqOf(first)).toBeGreaterThan(0);
    expect(rseqOf(first)).toBeLessThan(2 ** 31);
    await bed.clock.advance(16_000);
    // T1, 2*T1, 4*T1 …: at 0.5, 1.5, 3.5, 7.5 and 15.5 s, without a cap.
    expect(peer.got('SIP/2.0 183')).toHaveLength(6);
    prack(peer, tag, { rseq: rseqOf(first), sequence: 2 });
    await bed.clock.advance(20);
    expect(peer.received.at(-1)).toMatch(/^SIP\/2\.0 200 /);
    await bed.clock.advance(60_000);
    expect(peer.got('SIP/2.0 183')).toHaveLength(6);
    invite.reject(486);
    expect((await bed.leftovers())['bob dialogs']).toBeUndefined();
  });

  it('go one after the other, each with the next number', async () => {
    const { bed, peer, invite, tag } = await called();
    expect(invite.progress(183, { reliable: true })).toBe('reliable');
    expect(invite.progress(180, { reliable: true })).toBe('queued');
    await bed.clock.advance(20);
    expect(peer.got('SIP/2.0 180')).toHaveLength(0);
    const first = rseqOf(peer.last('SIP/2.0 183'));
    prack(peer, tag, { rseq: first, sequence: 2 });
    await bed.clock.advance(20);
    expect(rseqOf(peer.last('SIP/2.0 180'))).toBe(first + 1);
    prack(peer, tag, { rseq: first + 1, sequence: 3 });
    await bed.clock.advance(20);
    expect(peer.received.at(-1)).toMatch(/^SIP\/2\.0 200 /);
    invite.reject(486);
    await bed.leftovers();
  });

  it('make a 504 of a call whose caller never acknowledges them', async () => {
    const { bed, peer, invite } = await called();
    invite.progress(183, { reliable: true, sdp: ANSWER });
    await bed.clock.advance(31_000);
    expect(peer.got('SIP/2.0 504')).toHaveLength(0);
    await bed.clock.advance(2000);
    expect(peer.got('SIP/2.0 504').length).toBeGreaterThan(0);
    expect(invite.state).toBe('rejected');
    expect(await bed.leftovers()).toEqual({});
  });

  it('need a PRACK that names them: 481 for others and for repeats, 400 without RAck', async () => {
    const { bed, peer, invite, tag } = await called();
    invite.progress(183, { reliable: true });
    await bed.clock.advance(20);
    const rseq = rseqOf(peer.last('SIP/2.0 183'));
    const answers: string[] = [];
    const answer = async (): Promise<void> => {
      await bed.clock.advance(20);
      answers.push(/^SIP\/2\.0 (\d+)/.exec(peer.received.at(-1) ?? '')?.[1] ?? '');
    };
    prack(peer, tag, { rseq: rseq + 1, sequence: 2 });
    await answer();
    prack(peer, tag, { rseq, sequence: 3, invite: 9 });
    await answer();
    peer.request('PRACK', { callId: 'c1', localTag: 'peer', remoteTag: tag, sequence: 4 }, { contact: null });
    await answer();
    prack(peer, tag, { rseq, sequence: 5 });
    await answer();
    prack(peer, tag, { rseq, sequence: 6 });
    await answer();
    expect(answers).toEqual(['481', '481', '400', '200', '481']);
    peer.request('PRACK', { callId: 'other', localTag: 'peer', remoteTag: 'none', sequence: 1 }, { contact: null });
    await answer();
    expect(answers.at(-1)).toBe('481');
    invite.reject(486);
    await bed.leftovers();
  });

  it('hold the 200 back while one with SDP waits', async () => {
    const { bed, peer, invite, tag } = await called();
    invite.progress(183, { reliable: true, sdp: ANSWER });
    const session = invite.accept({ sdp: ANSWER });
    await bed.clock.advance(400);
    expect(peer.got('SIP/2.0 200')).toHaveLength(0);
    expect(session?.state).toBe('accepted');
    prack(peer, tag, { rseq: rseqOf(peer.last('SIP/2.0 183')), sequence: 2 });
    await bed.clock.advance(20);
    const success = peer.got('SIP/2.0 200').find((text) => headerOf(text, 'CSeq') === '1 INVITE') ?? '';
    // The answer went out in the 183: there is no other place for it (RFC 6337 §3.1.1).
    expect(bodyOf(success)).toBe('');
    expect(session?.localSdp).toBe(ANSWER);
    expect(session?.remoteSdp).toBe(SDP);
    peer.request('ACK', { callId: 'c1', localTag: 'peer', remoteTag: tag, sequence: 1 });
    await bed.clock.advance(20);
    expect(session?.state).toBe('confirmed');
    void session?.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('let the 200 pass when none with SDP waits, and still take their PRACK', async () => {
    const { bed, peer, invite, tag } = await called();
    invite.progress(180, { reliable: true });
    const session = invite.accept({ sdp: ANSWER });
    await bed.clock.advance(20);
    const success = peer.last('SIP/2.0 200');
    expect(bodyOf(success)).toBe(ANSWER);
    peer.request('ACK', { callId: 'c1', localTag: 'peer', remoteTag: tag, sequence: 1 });
    prack(peer, tag, { rseq: rseqOf(peer.last('SIP/2.0 180')), sequence: 2 });
    await bed.clock.advance(20);
    expect(headerOf(peer.received.at(-1) ?? '', 'CSeq')).toBe('2 PRACK');
    expect(peer.received.at(-1)).toMatch(/^SIP\/2\.0 200 /);
    await bed.clock.advance(5000);
    expect(peer.got('SIP/2.0 180')).toHaveLength(1);
    void session?.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it.each(['CANCEL', 'BYE'])('end with a %s that overtakes the 200 they hold back', async (method) => {
    const { bed, peer, invite, tag } = await called();
    invite.progress(183, { reliable: true, sdp: ANSWER });
    const ended: string[] = [];
    invite.accept({ sdp: ANSWER })?.on('ended', (end) => ended.push(`${end.kind} by ${end.by}`));
    if (method === 'CANCEL') {
      peer.request(
        'CANCEL',
        { callId: 'c1', localTag: 'peer', sequence: 1 },
        { branch: 'z9hG4bKinvite', contact: null },
      );
    } else peer.request('BYE', { callId: 'c1', localTag: 'peer', remoteTag: tag, sequence: 2 });
    await bed.clock.advance(20);
    expect(peer.got('SIP/2.0 487')).toHaveLength(1);
    expect(ended).toEqual([method === 'CANCEL' ? 'cancelled by remote' : 'bye by remote']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('are sent to who requires them, whatever was asked for', async () => {
    const { bed, peer, invite } = await called({ headers: ['Require: 100rel'] });
    expect(invite.progress(180)).toBe('reliable');
    await bed.clock.advance(20);
    expect(headerOf(peer.last('SIP/2.0 180'), 'Require')).toBe('100rel');
    invite.reject(486);
    await bed.leftovers();
  });

  it('are not sent to who does not know them', async () => {
    const { bed, peer, invite } = await called({ headers: [] });
    expect(invite.supportsReliable).toBe(false);
    expect(invite.progress(183, { reliable: true, sdp: ANSWER })).toBe('ignored');
    expect(invite.progress(183, { reliable: 'if-supported', sdp: ANSWER })).toBe('unreliable');
    await bed.clock.advance(20);
    expect(peer.got('SIP/2.0 183')).toHaveLength(1);
    expect(headerOf(peer.last('SIP/2.0 183'), 'RSeq')).toBeUndefined();
    invite.reject(486);
    await bed.leftovers();
  });

  it('are refused with 420 where policy is against them, and demanded with 421 where it wants them', async () => {
    await expect(called({ headers: ['Require: 100rel'], agents: { reliableProvisional: 'off' } })).rejects.toThrow(
      '420',
    );
    await expect(called({ headers: [], agents: { reliableProvisional: 'required' } })).rejects.toThrow('421');
    const { invite, bed } = await called({ agents: { reliableProvisional: 'required' } });
    expect(invite.progress(180)).toBe('reliable');
    invite.reject(486);
    await bed.leftovers();
  });

  it('repeat a long ringing every two and a half minutes, with a new number', async () => {
    const { bed, peer, invite, tag } = await called();
    invite.progress(180, { reliable: true });
    await bed.clock.advance(20);
    const first = rseqOf(peer.last('SIP/2.0 180'));
    prack(peer, tag, { rseq: first, sequence: 2 });
    await bed.clock.advance(149_000);
    expect(peer.got('SIP/2.0 180')).toHaveLength(1);
    await bed.clock.advance(1100);
    expect(rseqOf(peer.last('SIP/2.0 180'))).toBe(first + 1);
    invite.reject(486);
    await bed.leftovers();
  });

  it('say 199 to callers that know it, unreliably (RFC 6228 §5)', async () => {
    const { bed, peer, invite } = await called({ headers: ['Supported: 100rel, 199'] });
    expect(invite.progress(199, { headers: { Reason: 'SIP;cause=486' }, reliable: true })).toBe('unreliable');
    await bed.clock.advance(20);
    expect(headerOf(peer.last('SIP/2.0 199'), 'Reason')).toBe('SIP;cause=486');
    invite.reject(486);
    await bed.leftovers();
    const other = await called();
    expect(other.invite.progress(199)).toBe('ignored');
    other.invite.reject(486);
    await other.bed.leftovers();
  });
});

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
    peer.request('ACK', { callId: 'c1', localTag: 'peer', remoteTag: tag, sequence: 1 });
    await bed.clock.advance(20);
    expect(session?.state).toBe('confirmed');
    void session?.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
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
