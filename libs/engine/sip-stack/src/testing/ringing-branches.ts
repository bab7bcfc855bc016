import type { InviteProgress, InviteSession } from '../api/invite-session.js';
import type { OutgoingInvite } from '../api/outgoing-invite.js';
import { ScriptedPeer } from './scripted-peer.js';
import { SDP, openTestBed } from './test-bed.js';
import type { TestBed } from './test-bed.js';

export interface Call {
  bed: TestBed;
  peer: ScriptedPeer;
  invite: OutgoingInvite;
  lines: string[];
  /** Early dialogs by their tag. */
  early: Map<string, InviteSession>;
  abouts: InviteProgress[];
  accepted: () => InviteSession;
}

/** Alice calls; what comes back is scripted. */
export async function calling(options: { sdp?: string; forked?: boolean } = {}): Promise<Call> {
  const bed = await openTestBed();
  const peer = await ScriptedPeer.asBob(bed);
  const lines: string[] = [];
  const early = new Map<string, InviteSession>();
  const abouts: InviteProgress[] = [];
  let accepted: InviteSession | undefined;
  const sdp = 'sdp' in options ? options.sdp : SDP;
  const invite = bed.alice
    .invite({
      target: 'sip:bob@10.0.0.2',
      from: 'sip:alice@a.example',
      ...(sdp === undefined ? {} : { sdp }),
    })
    .on('progress', (response, progressSdp, about) => {
      lines.push(`${response.status} ${about.dialogTag}${progressSdp === undefined ? '' : ` ${about.meaning}`}`);
      abouts.push(about);
      const { dialog } = about;
      if (dialog === undefined || early.has(about.dialogTag)) return;
      early.set(about.dialogTag, dialog);
      dialog.on('ended', (end) => lines.push(`${about.dialogTag} ended ${end.kind} by ${end.by}`));
    })
    .on('accepted', (session) => {
      accepted = session;
      lines.push(`accepted ${session.id.remoteTag}`);
    })
    .on('rejected', (failure) => lines.push(`rejected ${failure.status}`));
  if (options.forked === true) invite.on('forked', (session) => lines.push(`forked ${session.id.remoteTag}`));
  await bed.clock.advance(50);
  return {
    bed,
    peer,
    invite,
    lines,
    early,
    abouts,
    accepted: () => {
      if (accepted === undefined) throw new Error('Not accepted');
      return accepted;
    },
  };
}
