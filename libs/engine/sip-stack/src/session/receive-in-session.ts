import type { ServerTransaction } from '../transaction/server-transaction.js';
import { receiveInfo } from '../info/receive-info.js';
import { capabilityAnswer } from '../user-agent/capability-answer.js';
import { serverLines } from '../user-agent/core.js';
import { receiveReferInDialog } from '../refer/receive-refer-in-dialog.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { guarded } from './guarded.js';
import { receiveInvite, receiveUpdate } from './receive-offer.js';
import { receivePrack } from './receive-prack.js';
import type { Session } from './session.js';

/** One request of the peer inside the dialog, early or confirmed (RFC 3261 §12.2.2). */
export function receiveInSession(session: Session, transaction: ServerTransaction): void {
  const { request } = transaction;
  if (!session.dialog.admitSequence(request)) {
    transaction.respond(500, { reason: 'CSeq out of order' });
    return;
  }
  if (request.method === 'BYE') {
    receiveBye(session, transaction);
    return;
  }
  if (session.state === 'ended') {
    transaction.respond(481);
    return;
  }
  switch (request.method) {
    case 'INVITE':
      receiveInvite(session, transaction);
      return;
    case 'UPDATE':
      receiveUpdate(session, transaction);
      return;
    case 'PRACK':
      receivePrack(session, transaction);
      return;
    case 'OPTIONS':
      transaction.respond(200, { headers: capabilityAnswer(session.core.capabilities) });
      return;
    case 'INFO':
      receiveInfo(session, transaction);
      return;
    case 'REFER':
      receiveRefer(session, transaction);
      return;
    case 'NOTIFY':
      give(session, transaction, { event: 'notify', without: 481 });
      return;
    case 'MESSAGE':
      give(session, transaction, { event: 'message', without: 405 });
      return;
    default:
      new ReceivedRequest(session.core, transaction).reply(405);
  }
}

function receiveRefer(session: Session, transaction: ServerTransaction): void {
  const refer = receiveReferInDialog(session.core, transaction, { dialog: session.dialog, session });
  if (refer === undefined) return;
  guarded(session, transaction, () => {
    // An early dialog may be gone before the reference has its end: the peer may ask again once it is confirmed.
    if (!session.emit('refer', refer)) refer.reply(session.state === 'early' ? 491 : 405);
  });
}

function give(
  session: Session,
  transaction: ServerTransaction,
  to: { event: 'notify' | 'message'; without: number },
): void {
  const received = new ReceivedRequest(session.core, transaction);
  guarded(session, transaction, () => {
    if (!session.emit(to.event, received)) received.reply(to.without);
  });
}

/**
 * §15.1.2. In an early dialog it is the caller's way to give one branch up (§15); a callee has no right to it, but one that sends it
 * is gone all the same, for instance after its 200s were all lost.
 */
function receiveBye(session: Session, transaction: ServerTransaction): void {
  transaction.respond(200, { headers: serverLines(session.core.capabilities, 'Server') });
  const { request } = transaction;
  const { owner } = session;
  const early = session.state === 'early';
  guarded(session, transaction, () => {
    session.end({ by: 'remote', kind: 'bye', reasons: request.reasons, request });
    if (early) owner?.earlyBye(session, request);
  });
}
