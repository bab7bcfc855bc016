import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Session } from './session.js';

/** A handler that throws costs its own request a 500, nothing else. */
export function guarded(session: Session, transaction: ServerTransaction, run: () => void): void {
  try {
    run();
  } catch (error) {
    const details = { callId: session.id.callId, method: transaction.request.method, error: String(error) };
    session.core.logger.error(details, 'Session handler failed');
    if (session.remoteOffer?.is(transaction) === true) session.remoteOffer.refuse(500);
    else transaction.respond(500);
  }
}
