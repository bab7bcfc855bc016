import { expect } from 'vitest';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteSession } from '../api/invite-session.js';
import type { UserAgentOptions } from '../api/user-agent.js';
import { ScriptedPeer, headerOf } from './scripted-peer.js';
import { SDP, openTestBed } from './test-bed.js';
import type { TestBed } from './test-bed.js';

/** A scripted caller whose INVITE rings at Bob. */
export async function called(
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

/** Acknowledges a reliable reply (RFC 3262 §4). @param of its number, and the PRACK's own */
export function prack(
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

/** The caller acknowledges the 200; Bob, who has answered, hangs up. Nothing is left of the call. */
export async function confirmAndHangUp(
  { bed, peer, tag }: { readonly bed: TestBed; readonly peer: ScriptedPeer; readonly tag: string },
  session: InviteSession | undefined,
): Promise<void> {
  peer.request('ACK', { callId: 'c1', localTag: 'peer', remoteTag: tag, sequence: 1 });
  await bed.clock.advance(20);
  expect(session?.state).toBe('confirmed');
  void session?.bye();
  await bed.clock.advance(20);
  peer.reply(peer.last('BYE'), 200);
  expect(await bed.leftovers()).toEqual({});
}

/** The number of a reliable reply; NaN where it has none. */
export const rseqOf = (text: string): number => Number(headerOf(text, 'RSeq'));
