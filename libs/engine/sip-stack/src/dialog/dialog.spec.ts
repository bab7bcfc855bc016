import { describe, expect, it } from 'vitest';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteSession } from '../api/invite-session.js';
import { ScriptedPeer, headerOf, tagOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';
import type { TestBed } from '../testing/test-bed.js';

const CALL = { callId: 'c1', localTag: 'Peer', sequence: 10 };

/** Bob accepts what a scripted caller sends. */
async function called(
  about: { headers?: string[]; contact?: string | null; uri?: string } = {},
): Promise<{ bed: TestBed; peer: ScriptedPeer; sessions: InviteSession[]; invites: IncomingInvite[] }> {
  const bed = await openTestBed();
  const peer = await ScriptedPeer.asAlice(bed);
  const sessions: InviteSession[] = [];
  const invites: IncomingInvite[] = [];
  bed.bob.on('invite', (invite) => {
    invites.push(invite);
    const session = invite.accept({ sdp: ANSWER });
    if (session !== undefined) sessions.push(session);
  });
  peer.request('INVITE', about.uri === undefined ? CALL : { ...CALL, uri: about.uri }, {
    sdp: SDP,
    ...(about.headers === undefined ? {} : { headers: about.headers }),
    ...(about.contact === undefined ? {} : { contact: about.contact }),
  });
  await bed.clock.advance(20);
  const tag = sessions[0]?.id.localTag;
  if (tag !== undefined) peer.request('ACK', { ...CALL, remoteTag: tag });
  await bed.clock.advance(20);
  return { bed, peer, sessions, invites };
}

const statusOf = (text: string | undefined): string => /^SIP\/2\.0 (\d+)/.exec(text ?? '')?.[1] ?? '';

async function end(bed: TestBed, peer: ScriptedPeer, session: InviteSession | undefined): Promise<string> {
  void session?.bye();
  await bed.clock.advance(20);
  const bye = peer.last('BYE');
  peer.reply(bye, 200);
  expect(await bed.leftovers()).toEqual({});
  return bye;
}

describe('a dialog (RFC 3261 §12)', () => {
  it('routes by its loose route set, to the Contact (§12.2.1.1)', async () => {
    const { bed, peer, sessions } = await called({
      headers: ['Record-Route: <sip:10.0.0.1;lr>, <sip:p2.example;lr>'],
      contact: 'sip:peer@192.0.2.1',
    });
    const bye = await end(bed, peer, sessions[0]);
    expect(bye.split('\r\n')[0]).toBe('BYE sip:peer@192.0.2.1 SIP/2.0');
    expect(bye.match(/^Route: .*$/gm)).toEqual(['Route: <sip:10.0.0.1;lr>', 'Route: <sip:p2.example;lr>']);
    expect(headerOf(bye, 'Contact')).toBeUndefined();
  });

  it('goes through a strict router with the Contact as last Route (§12.2.1.1)', async () => {
    const { bed, peer, sessions } = await called({
      headers: ['Record-Route: <sip:10.0.0.1;method=INVITE?Subject=x>, <sip:p2.example;lr>'],
      contact: 'sip:peer@192.0.2.1',
    });
    const bye = await end(bed, peer, sessions[0]);
    expect(bye.split('\r\n')[0]).toBe('BYE sip:10.0.0.1 SIP/2.0');
    expect(bye.match(/^Route: .*$/gm)).toEqual(['Route: <sip:p2.example;lr>', 'Route: <sip:peer@192.0.2.1>']);
  });

  it('is not made without a Contact: 400 (§8.1.1.8)', async () => {
    const { bed, peer, invites } = await called({ contact: null });
    expect(statusOf(peer.received.at(-1))).toBe('400');
    expect(invites).toEqual([]);
    expect(await bed.leftovers()).toEqual({});
  });

  it('tells tags apart by case, and answers 481 to others (§12.2.2)', async () => {
    const { bed, peer, sessions } = await called();
    const remoteTag = sessions[0]?.id.localTag ?? '';
    for (const ids of [
      { callId: 'c1', localTag: 'peer', remoteTag },
      { callId: 'C1', localTag: 'Peer', remoteTag },
      { callId: 'c1', localTag: 'Peer', remoteTag: 'none' },
    ]) {
      peer.request('INFO', { ...ids, sequence: 11 });
      await bed.clock.advance(20);
      expect(statusOf(peer.received.at(-1))).toBe('481');
    }
    await end(bed, peer, sessions[0]);
  });

  it('serves peers of RFC 2543, which have no tag (§12.1.1)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asAlice(bed);
    const sessions: InviteSession[] = [];
    bed.bob.on('invite', (invite) => {
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) sessions.push(session);
    });
    const old = { ...CALL, localTag: '' };
    peer.request('INVITE', old, { sdp: SDP });
    await bed.clock.advance(20);
    const [session] = sessions;
    expect(session?.id.remoteTag).toBe('');
    peer.request('ACK', { ...old, remoteTag: session?.id.localTag ?? '' });
    await bed.clock.advance(20);
    expect(session?.state).toBe('confirmed');
    const bye = await end(bed, peer, session);
    expect(tagOf(bye, 'To')).toBeUndefined();
  });

  it('refuses a CSeq that goes back with 500, and takes one that leaves numbers out (§12.2.2)', async () => {
    const { bed, peer, sessions } = await called();
    const remoteTag = sessions[0]?.id.localTag ?? '';
    sessions[0]?.on('info', (info) => info.reply(200));
    const statuses: string[] = [];
    for (const sequence of [9, 10, 11, 500, 499]) {
      peer.request('INFO', { ...CALL, remoteTag, sequence });
      await bed.clock.advance(20);
      statuses.push(statusOf(peer.received.at(-1)));
    }
    expect(statuses).toEqual(['500', '500', '200', '200', '500']);
    await end(bed, peer, sessions[0]);
  });

  it('that is secure says sips in its Contact (§12.1.1)', async () => {
    const { bed, peer, sessions } = await called({ uri: 'sips:bob@10.0.0.2' });
    expect(headerOf(peer.last('SIP/2.0 200'), 'Contact')).toMatch(/^<sips:bob@10\.0\.0\.2/);
    await end(bed, peer, sessions[0]);
  });

  it('is another one when the peer starts again with the same Call-ID', async () => {
    const { bed, peer, sessions } = await called();
    peer.request('INVITE', { ...CALL, sequence: 1 }, { sdp: SDP });
    await bed.clock.advance(20);
    expect(sessions).toHaveLength(2);
    expect(sessions[1]?.id.localTag).not.toBe(sessions[0]?.id.localTag);
    peer.request('ACK', { ...CALL, sequence: 1, remoteTag: sessions[1]?.id.localTag ?? '' });
    await bed.clock.advance(20);
    // The first one is unknown to the peer now.
    void sessions[0]?.info({ contentType: 'text/plain', body: 'x' });
    await bed.clock.advance(20);
    peer.reply(peer.last('INFO'), 481);
    await bed.clock.advance(20);
    expect(sessions.map(({ state }) => state)).toEqual(['ended', 'confirmed']);
    peer.reply(peer.last('BYE'), 481);
    await end(bed, peer, sessions[1]);
  });

  it('ends with BYE when its 200 is never acknowledged, not before 64*T1 (§13.3.1.4, §15)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asAlice(bed);
    const lines: string[] = [];
    let session: InviteSession | undefined;
    bed.bob.on('invite', (invite) => {
      session = invite.accept({ sdp: ANSWER })?.on('ended', ({ kind }) => lines.push(kind));
    });
    peer.request('INVITE', CALL, { sdp: SDP });
    await bed.clock.advance(31_000);
    expect(peer.got('SIP/2.0 200')).toHaveLength(10);
    expect(peer.got('BYE')).toEqual([]);
    await bed.clock.advance(2000);
    expect(lines).toEqual(['no-ack']);
    peer.reply(peer.last('BYE'), 200);
    expect(session?.state).toBe('ended');
    expect(await bed.leftovers()).toEqual({});
  });

  it('has no BYE from the callee before it is confirmed (§15)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asAlice(bed);
    let invite: IncomingInvite | undefined;
    bed.bob.on('invite', (incoming) => {
      invite = incoming;
      incoming.progress(180);
    });
    peer.request('INVITE', CALL, { sdp: SDP, branch: 'z9hG4bKc' });
    await bed.clock.advance(20);
    expect(await invite?.dialog.bye()).toMatchObject({ ok: false, status: 403 });
    expect(bed.bob.findDialog('c1', invite?.localTag ?? '', 'Peer')?.invite).toBe(invite);
    const session = invite?.accept({ sdp: ANSWER });
    void session?.bye();
    await bed.clock.advance(100);
    expect(peer.got('BYE')).toEqual([]);
    peer.request('ACK', { ...CALL, remoteTag: invite?.localTag ?? '' });
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });
});
