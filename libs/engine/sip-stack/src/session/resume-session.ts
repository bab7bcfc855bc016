import type { ResumeOptions, SessionCopy } from '../api/dialog-copy.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { Dialog } from '../dialog/dialog.js';
import type { Core } from '../user-agent/core.js';
import { Negotiation } from './negotiation.js';
import { Session } from './session.js';

/** Goes on with a session of another process. @returns undefined where the dialog is here already, or the copy cannot be read */
export function resumeSession(core: Core, copy: SessionCopy, { credentials }: ResumeOptions): Session | undefined {
  const { callId, localTag, remoteTag } = copy.dialog.id;
  if (core.dialogs.find(callId, localTag, remoteTag) !== undefined) return undefined;
  const { flowId } = copy.dialog;
  const dialog = Dialog.resumed(copy.dialog, flowId === null ? undefined : core.transport.findFlow(flowId));
  if (dialog === undefined) return undefined;
  const negotiation = new Negotiation(copy.localSdp === null ? 'new' : 'stable');
  negotiation.restore({ local: copy.localSdp ?? undefined, remote: copy.remoteSdp ?? undefined });
  const session = new Session(core, dialog, {
    role: copy.role,
    contactUser: copy.contactUser ?? undefined,
    spaces: credentials === undefined ? undefined : new ProtectionSpaces(credentials, core),
    timerOptions: copy.timerOptions,
    negotiation,
    owner: undefined,
  });
  session.state = 'confirmed';
  session.remoteAllow = new Set(copy.remoteAllow);
  session.remoteInfoPackages = copy.remoteInfoPackages === null ? undefined : new Set(copy.remoteInfoPackages);
  session.startTimer(copy.timer ?? undefined);
  return session;
}
