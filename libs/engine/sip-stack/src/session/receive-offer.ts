import { sessionDescription } from '@carillon/sip-message';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { guarded } from './guarded.js';
import { ReceivedOffer } from './received-offer.js';
import type { Session } from './session.js';
import { tooBrief } from './session-timer.js';

/** A re-INVITE of the peer: one at a time, in either direction (RFC 3261 §14.2, RFC 6337 §4.3). */
export function receiveInvite(session: Session, transaction: ServerTransaction): void {
  const { request } = transaction;
  const { negotiation } = session;
  if (session.remoteInvite !== undefined || session.remoteUpdate !== undefined) {
    refuseBusy(session, transaction);
    return;
  }
  if (session.localInvite !== undefined || session.localUpdate) {
    transaction.respond(491);
    return;
  }
  const description = sessionDescription(request);
  const event = description === undefined ? 'receive INVITE without SDP' : 'receive INVITE';
  const meaning = negotiation.look(event);
  if (meaning === 'glare') transaction.respond(491);
  else if (meaning === 'busy') refuseBusy(session, transaction);
  else if (request.contactUri === undefined) transaction.respond(400, { reason: 'Missing Contact' });
  else if (!isTooBrief(session, transaction)) {
    negotiation.take(event, description);
    session.remoteInvite = transaction;
    const { completed } = negotiation;
    const offer = new ReceivedOffer(session, transaction, {
      method: 'INVITE',
      offer: description,
      completedBefore: completed,
    });
    session.remoteOffer = offer;
    transaction.onCancelled = (cancel) => offer.cancelled(cancel);
    give(session, transaction, offer);
  }
}

/** RFC 3311 §5.2. Without an offer it refreshes the dialog and its timer, whatever else is open. */
export function receiveUpdate(session: Session, transaction: ServerTransaction): void {
  const { negotiation } = session;
  const description = sessionDescription(transaction.request);
  if (session.remoteUpdate !== undefined) {
    refuseBusy(session, transaction);
    return;
  }
  if (description !== undefined) {
    const meaning =
      session.localUpdate && negotiation.state === 'update-sent' ? 'glare' : negotiation.look('receive UPDATE');
    // A PRACK that belongs to the last exchange is still on its way (RFC 6337 §4.3 UAS-IcU, UAS-IsU).
    if (meaning === 'glare' || session.openPracks > 0) {
      transaction.respond(491);
      return;
    }
    if (meaning === 'busy' || session.reliable?.holdsSuccess === true) {
      refuseBusy(session, transaction);
      return;
    }
  }
  if (isTooBrief(session, transaction)) return;
  if (description !== undefined) negotiation.take('receive UPDATE', description);
  session.remoteUpdate = transaction;
  const about = { method: 'UPDATE', offer: description, completedBefore: 0 } as const;
  give(session, transaction, new ReceivedOffer(session, transaction, about));
}

/** Without a handler: 200 to what changes nothing, 488 to what does. */
function give(session: Session, transaction: ServerTransaction, offer: ReceivedOffer): void {
  const { method } = transaction.request;
  guarded(session, transaction, () => {
    if (session.emit(method === 'INVITE' ? 'reinvite' : 'update', offer)) return;
    const { local } = session.negotiation;
    const refreshes = offer.offer === undefined || offer.offer === session.remoteSdp;
    if (!refreshes) offer.reject(488);
    else if (method === 'UPDATE' && offer.offer === undefined) offer.accept();
    else if (local === undefined) offer.reject(488);
    else offer.accept({ sdp: local });
  });
}

/** RFC 4028 §9 */
function isTooBrief(session: Session, transaction: ServerTransaction): boolean {
  const minimum = tooBrief(transaction.request, session.timerOptions);
  if (minimum === undefined) return false;
  transaction.respond(422, { headers: [['Min-SE', String(minimum)]] });
  return true;
}

/** RFC 3261 §14.2, RFC 3311 §5.2: a random time up to ten seconds. */
function refuseBusy({ core }: Session, transaction: ServerTransaction): void {
  transaction.respond(500, { headers: [['Retry-After', String(core.identifiers.below(11))]] });
}
