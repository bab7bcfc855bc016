import type { SessionCopy } from '../api/dialog-copy.js';
import { leaveSession } from './end-session.js';
import type { Session } from './session.js';

/** @returns undefined while it is not confirmed, or something is open in it */
export function copySession(session: Session): SessionCopy | undefined {
  const { state, negotiation, localInvite, remoteInvite, remoteUpdate, agreedTimer, remoteInfoPackages } = session;
  const isOpen = localInvite !== undefined || session.localUpdate || remoteInvite !== undefined;
  if (state !== 'confirmed' || isOpen || remoteUpdate !== undefined || !negotiation.idle) return undefined;
  return {
    dialog: session.dialog.copy(),
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

/** Its dialog goes on elsewhere. @returns the copy to go on with; undefined where it cannot go now: then it stays */
export function giveSession(session: Session): SessionCopy | undefined {
  const copy = copySession(session);
  if (copy !== undefined) leaveSession(session);
  return copy;
}
