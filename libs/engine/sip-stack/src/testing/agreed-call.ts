import { expect } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import { ScriptedPeer, headerOf } from './scripted-peer.js';
import { ANSWER, SDP, openTestBed } from './test-bed.js';
import type { TestBed } from './test-bed.js';

export interface Talk {
  bed: TestBed;
  peer: ScriptedPeer;
  session: InviteSession;
  lines: string[];
  ids: { callId: string; localTag: string; remoteTag: string };
}

/** Alice has called a scripted peer, which has accepted. */
export async function talking(allow = 'INVITE, ACK, BYE, UPDATE, PRACK'): Promise<Talk> {
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

export async function hangUp({ bed, peer, session }: Talk): Promise<void> {
  void session.bye();
  await bed.clock.advance(20);
  peer.reply(peer.last('BYE'), 200);
  expect(await bed.leftovers()).toEqual({});
}

export const statusOf = (text: string | undefined): string => /^SIP\/2\.0 (\d+)/.exec(text ?? '')?.[1] ?? '';
/** Its last answer to the request of this CSeq. */
export const lastOf = (peer: ScriptedPeer, cseq: string): string =>
  peer.received.findLast((text) => text.startsWith('SIP/2.0') && headerOf(text, 'CSeq') === cseq) ?? '';
