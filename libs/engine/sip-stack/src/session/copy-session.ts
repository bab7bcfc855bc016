import type { SessionCopy, UnfinishedCopy } from '../api/dialog-copy.js';
import { copyReceived } from '../transaction/copy-invite.js';
import { leaveSession } from './end-session.js';
import type { Session } from './session.js';

/** @returns undefined while it is not answered, or something but the ACK is open in it */
export function copySession(session: Session): SessionCopy | undefined {
  const { state, negotiation, localInvite, remoteInvite, remoteUpdate, agreedTimer, remoteInfoPackages } = session;
  const isOpen = localInvite !== undefined || session.localUpdate || remoteInvite !== undefined;
  if ((state !== 'confirmed' && state !== 'accepted') || isOpen) return undefined;
  if (remoteUpdate !== undefined || !negotiation.idle) return undefined;
  return {
    dialog: session.dialog.copy(),
    state,
    unacknowledged: session.awaited?.copy() ?? [],
    role: session.role,
    contactUser: session.contactUser ?? null,
    timerOptions: session.timerOptions,
    timer: agreedTimer ?? null,
    localSdp: negotiation.local ?? null,
    remoteSdp: negotiation.remote ?? null,
    remoteAllow: [...session.remoteAllow],
    remoteInfoPackages: remoteInfoPackages === undefined ? null : [...remoteInfoPackages],
  };
}

/** For another process that is to end it, whatever is open in it. @returns undefined where it is early or over */
export function copyUnfinished({ state, remoteInvite, dialog }: Session): UnfinishedCopy | undefined {
  if (state === 'early' || state === 'ended') return undefined;
  // A 200 that is held back has not gone out: its INVITE is what is open (RFC 3262 §3).
  if (state === 'accepted' && remoteInvite?.answered === false) return copyReceived(remoteInvite);
  return { kind: 'dialog', dialog: dialog.copy() };
}

/** Its dialog goes on elsewhere. @returns the copy to go on with; undefined where it cannot go now: then it stays */
export function giveSession(session: Session): SessionCopy | undefined {
  const copy = copySession(session);
  if (copy !== undefined) leaveSession(session);
  return copy;
}
