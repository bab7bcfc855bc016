import { parseTargetDialog } from '@carillon/sip-message';
import type { InviteSession } from '../api/invite-session.js';
import { Dialog } from '../dialog/dialog.js';
import { Session } from '../session/session.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { readReferTo } from './read-refer-to.js';
import { ReceivedRefer } from './received-refer.js';

/** A REFER outside a dialog; its subscription makes one. @returns undefined when it was refused */
export function receiveReferOutOfDialog(core: Core, transaction: ServerTransaction): ReceivedRefer | undefined {
  const { request } = transaction;
  const referTo = readReferTo(core, transaction);
  if (referTo === undefined) return undefined;
  if (core.dialogs.count >= core.limits.maxDialogs) {
    new ReceivedRequest(core, transaction).reply(503, { headers: { 'Retry-After': '5' } });
    return undefined;
  }
  return new ReceivedRefer(core, transaction, {
    referTo,
    session: targetOf(core, request.header('Target-Dialog')),
    dialog: () => Dialog.asCallee(request, transaction.localTag, transaction.source),
    earlier: 0,
  });
}

/** RFC 4538 §5: a dialog that we do not know authorises nothing; the request goes on without. */
function targetOf(core: Core, text: string | undefined): InviteSession | undefined {
  const target = text === undefined ? undefined : parseTargetDialog(text);
  if (target === undefined) return undefined;
  const usage = core.dialogs.find(target.callId, target.localTag, target.remoteTag);
  return usage instanceof Session && usage.state !== 'ended' ? usage : undefined;
}
