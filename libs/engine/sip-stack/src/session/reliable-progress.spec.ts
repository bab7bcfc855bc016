import { describe, expect, it } from 'vitest';
import { called, confirmAndHangUp, prack, rseqOf } from '../testing/reliable-caller.js';
import { bodyOf, headerOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP } from '../testing/test-bed.js';

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
    await confirmAndHangUp({ bed, peer, tag }, session);
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
