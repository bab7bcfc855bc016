import type { InviteSession } from '../api/invite-session.js';
import type { Dialog } from '../dialog/dialog.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { readReferTo } from './read-refer-to.js';
import { ReceivedRefer } from './received-refer.js';

/** A REFER inside a call. @returns undefined when it was refused */
export function receiveReferInDialog(
  core: Core,
  transaction: ServerTransaction,
  within: { dialog: Dialog; session: InviteSession },
): ReceivedRefer | undefined {
  const { dialog, session } = within;
  const referTo = readReferTo(core, transaction);
  if (referTo === undefined) return undefined;
  if (core.subscriptions.isFull(dialog)) {
    new ReceivedRequest(core, transaction).reply(503, { headers: { 'Retry-After': '30' } });
    return undefined;
  }
  const earlier = core.subscriptions.countRefer(dialog);
  return new ReceivedRefer(core, transaction, { referTo, session, dialog: () => dialog, earlier });
}
