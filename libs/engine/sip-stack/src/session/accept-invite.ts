import type { HeaderLine, SipRequest } from '@carillon/sip-message';
import type { AcceptOptions } from '../api/incoming-invite.js';
import { headerLines } from '../header-lines.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { dialogLines } from './dialog-lines.js';
import { endWithBye } from './end-session.js';
import type { Session } from './session.js';
import { grantTimer } from './session-timer.js';

/**
 * Accepts the INVITE of an early dialog (RFC 3261 §13.3.1.4). The 2xx is held back while a reliable 1xx with SDP waits for its PRACK
 * (RFC 3262 §3); a CANCEL or BYE that comes before it ends the call.
 */
export function acceptInvite(session: Session, transaction: ServerTransaction, options: AcceptOptions): void {
  session.state = 'accepted';
  session.owner = undefined;
  transaction.onCancelled = (cancel) => cancelHeldBack(session, transaction, cancel);
  // The 2xx may have come through before: the peer hears a BYE if it can.
  transaction.onFailed = () => void endWithBye(session, { by: 'remote', kind: 'lost', reasons: [] });
  const { reliable } = session;
  if (reliable?.transaction === transaction) {
    reliable.whenSuccessMayGo(() => sendSuccess(session, transaction, options));
  } else sendSuccess(session, transaction, options);
}

function sendSuccess(session: Session, transaction: ServerTransaction, options: AcceptOptions): void {
  const { negotiation } = session;
  const { sdp } = options;
  const meaning = sdp === undefined ? negotiation.take('send 2xx without SDP') : negotiation.take('send 2xx', sdp);
  if (meaning === 'missing') {
    // Our reliable offer was PRACKed without an answer, and there is no other to make.
    transaction.respond(500);
    session.end({ by: 'local', kind: 'no-answer', reasons: [] });
    return;
  }
  const body = meaning === 'offer' || meaning === 'answer' ? sdp : undefined;
  const granted = grantTimer(transaction.request, session.timerOptions);
  const headers: HeaderLine[] = [
    ...dialogLines(session, transaction),
    ...granted.headers,
    ...headerLines(options.headers),
  ];
  if (body !== undefined) headers.push(['Content-Type', 'application/sdp']);
  const bytes = transaction.build(200, { headers, body });
  session.remoteInvite = undefined;
  transaction.respondBytes(200, bytes);
  session.awaitAck(transaction, bytes);
  session.startTimer(granted.agreed);
  session.settled();
}

function cancelHeldBack(session: Session, transaction: ServerTransaction, cancel: SipRequest): void {
  if (transaction.answered) return;
  transaction.respond(487);
  session.end({ by: 'remote', kind: 'cancelled', reasons: cancel.reasons });
}
