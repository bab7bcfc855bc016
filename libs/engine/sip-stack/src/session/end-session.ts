import type { HeaderLine, Reason } from '@carillon/sip-message';
import type { SessionEnd, SessionEndKind } from '../api/invite-session.js';
import type { RequestFailure, RequestOutcome } from '../api/request-outcome.js';
import { endedFailure } from '../request-failure.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { reasonLines } from './reason-lines.js';
import { outcomeEffect, sendInDialog } from './send-in-dialog.js';
import type { Session } from './session.js';

/** Methods whose failure says nothing about the session: they belong to subscriptions of the same dialog (RFC 5057 §5). */
const OTHER_USAGES: ReadonlySet<string> = new Set(['NOTIFY', 'SUBSCRIBE']);

/** Ends the session with BYE, once: a second call waits for the first one's outcome. */
export function endWithBye(
  session: Session,
  why: {
    by: SessionEnd['by'];
    kind: SessionEndKind;
    reasons: readonly Reason[];
    headers?: readonly HeaderLine[];
  },
): Promise<RequestOutcome> {
  if (session.ending !== undefined) return session.ending;
  if (session.state === 'ended') return Promise.resolve(endedFailure());
  const { by, kind, reasons } = why;
  const { core, dialog, spaces, awaited } = session;
  const waitsForAck = session.state === 'accepted' && awaited?.isOpen === true;
  // A 2xx whose offer nobody answered still gets its ACK.
  session.acknowledgement?.send();
  const headers: HeaderLine[] = [...reasonLines(reasons), ...(why.headers ?? [])];
  const send = (): Promise<RequestOutcome> =>
    sendInDialog(core, dialog, { method: 'BYE', headers, spaces, supported: true });
  // A 200 that is still held back never goes out: its INVITE gets 487, and needs no BYE.
  const heldBack = session.state === 'accepted' && session.remoteInvite?.answered === false;
  finish(session, reasons);
  let ending: Promise<RequestOutcome>;
  if (heldBack) ending = Promise.resolve(endedFailure());
  else if (waitsForAck) ending = new Promise((resolve) => awaited?.whenOver(() => resolve(send())));
  else ending = send();
  session.ending = ending;
  void ending.then(() => forget(session));
  session.emitEnd({ by, kind, reasons });
  return ending;
}

/** Ends it here; no message is sent but 487 to what waits. */
export function endHere(session: Session, end: SessionEnd): void {
  if (session.state === 'ended') return;
  finish(session, end.reasons);
  forget(session);
  session.emitEnd(end);
}

/** Its dialog goes on in another process: nothing is sent and nobody is told. */
export function leaveSession(session: Session): void {
  finish(session, []);
  forget(session);
  session.forgetHandlers();
}

/** Another call has taken this one's place (RFC 3891 §3). */
export function endAsReplaced(session: Session): Promise<RequestOutcome> {
  const { owner } = session;
  const end = { by: 'local', kind: 'replaced', reasons: [] } as const;
  if (session.state !== 'early') return endWithBye(session, end);
  endHere(session, end);
  owner?.replaced();
  return Promise.resolve(endedFailure());
}

/** RFC 3262 §3: refused with 5xx. A first INVITE goes with its call; a later one leaves the session as it was. */
export function refuseWithoutPrack(session: Session, transaction: ServerTransaction): void {
  const { owner, remoteOffer } = session;
  if (session.state === 'ended') return;
  if (owner !== undefined) owner.unreachable?.();
  else if (remoteOffer?.is(transaction) === true) remoteOffer.refuse(504);
  else {
    // Accepted, with the 2xx still held back.
    transaction.respond(504);
    endHere(session, { by: 'local', kind: 'no-ack', reasons: [] });
  }
}

/** What the failure of a request in the dialog means for the session (RFC 5057 §5). */
export function judgeFailure(session: Session, method: string, failure: RequestFailure): void {
  const effect = outcomeEffect(method, failure);
  if (effect === 'transaction' || (effect === 'usage' && OTHER_USAGES.has(method))) return;
  const end = { by: 'remote', kind: 'lost', reasons: [] } as const;
  // §12.2.1.2: terminating an INVITE dialog is done with BYE; nobody may be there to hear it.
  if (method === 'BYE' || session.state === 'early') endHere(session, end);
  else void endWithBye(session, end);
}

/** Everything that waits comes to its end. */
function finish(session: Session, reasons: readonly Reason[]): void {
  session.state = 'ended';
  session.owner = undefined;
  session.timer?.stop();
  session.reliable?.stop();
  session.localInvite?.watch?.leave();
  for (const waiting of [session.remoteInvite, session.remoteUpdate]) {
    if (waiting?.answered === false) waiting.respond(487, { headers: reasonLines(reasons) });
  }
  session.remoteInvite = undefined;
  session.remoteOffer = undefined;
  session.remoteUpdate = undefined;
  session.settled();
}

function forget(session: Session): void {
  session.awaited?.stop();
  session.awaited = undefined;
  session.core.dialogs.remove(session.id, session);
}
