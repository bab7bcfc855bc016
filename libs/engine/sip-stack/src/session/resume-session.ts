import type { ResumeOptions, SessionCopy, UnacknowledgedCopy } from '../api/dialog-copy.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { Dialog } from '../dialog/dialog.js';
import type { Core } from '../user-agent/core.js';
import { readInvite } from '../transaction/copy-invite.js';
import { endWithBye } from './end-session.js';
import { Negotiation } from './negotiation.js';
import { Session } from './session.js';

/** Goes on with a session of another process. @returns undefined where the dialog is here already, or the copy cannot be read */
export function resumeSession(core: Core, copy: SessionCopy, { credentials }: ResumeOptions): Session | undefined {
  const { callId, localTag, remoteTag } = copy.dialog.id;
  if (core.dialogs.find(callId, localTag, remoteTag) !== undefined) return undefined;
  const dialog = Dialog.resumed(copy.dialog, (flowId) => core.transport.findFlow(flowId));
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
  session.state = copy.state;
  session.remoteAllow = new Set(copy.remoteAllow);
  session.remoteInfoPackages = copy.remoteInfoPackages === null ? undefined : new Set(copy.remoteInfoPackages);
  session.startTimer(copy.timer ?? undefined);
  for (const answer of copy.unacknowledged) answerAgain(session, answer);
  return session;
}

/** The ACK may have come before the process died: the 2xx brings it again (RFC 3261 §13.2.2.4). */
function answerAgain(session: Session, { invite: copy, answer }: UnacknowledgedCopy): void {
  const { transport, transactions } = session.core;
  const { flowId, localTag } = copy;
  const invite = readInvite(copy);
  const flow = transport.findFlow(flowId);
  if (invite === undefined || flow === undefined || localTag === null) {
    session.state = 'confirmed';
    return;
  }
  const transaction = transactions.resumeServer(invite, flow, localTag);
  const bytes = Buffer.from(answer, 'latin1');
  transaction.onFailed = () => void endWithBye(session, { by: 'remote', kind: 'lost', reasons: [] });
  transaction.respondBytes(200, bytes);
  session.awaitAck(transaction, bytes);
}
