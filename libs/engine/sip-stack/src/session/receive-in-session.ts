import { sessionDescription } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { capabilityLines, serverLines } from '../user-agent/core.js';
import { receiveReferInDialog } from '../refer/receive-refer-in-dialog.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { AnswerRetransmission } from './answer-retransmission.js';
import { ReceivedOffer } from './received-offer.js';
import type { Session } from './session.js';
import { grantTimer, tooBrief } from './session-timer.js';

/** One request of the peer inside the session's dialog (RFC 3261 §12.2.2). */
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
    case 'UPDATE':
      receiveOffer(session, transaction);
      return;
    case 'OPTIONS':
      transaction.respond(200, { headers: capabilityLines(session.core.capabilities) });
      return;
    case 'INFO':
      give(session, transaction, { event: 'info', without: 405 });
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
    if (!session.emit('refer', refer)) refer.reply(405);
  });
}

function give(
  session: Session,
  transaction: ServerTransaction,
  to: { event: 'info' | 'notify' | 'message'; without: number },
): void {
  const received = new ReceivedRequest(session.core, transaction);
  guarded(session, transaction, () => {
    if (!session.emit(to.event, received)) received.reply(to.without);
  });
}

function receiveBye(session: Session, transaction: ServerTransaction): void {
  transaction.respond(200, { headers: serverLines(session.core.capabilities, 'Server') });
  const { request } = transaction;
  guarded(session, transaction, () => session.end({ by: 'remote', kind: 'bye', reasons: request.reasons, request }));
}

/** §14.2: one offer at a time, in either direction. */
function receiveOffer(session: Session, transaction: ServerTransaction): void {
  const { core } = session;
  const { request } = transaction;
  if (session.remoteOffer !== undefined) {
    transaction.respond(500, { headers: [['Retry-After', String(core.identifiers.below(11))]] });
    return;
  }
  if (session.localOffers > 0) {
    transaction.respond(491);
    return;
  }
  const minimum = tooBrief(request, session.timerOptions);
  if (minimum !== undefined) {
    transaction.respond(422, { headers: [['Min-SE', String(minimum)]] });
    return;
  }
  session.remoteOffer = transaction;
  // A final failure that no one acknowledges leaves the session as it was.
  const offer = new ReceivedOffer(core, transaction, {
    acceptLines: () => acceptLines(session, transaction),
    accepted: (_, answer) => accepted(session, transaction, answer),
    refused: () => {
      session.remoteOffer = undefined;
    },
  });
  guarded(session, transaction, () => {
    if (session.emit(request.method === 'INVITE' ? 'reinvite' : 'update', offer)) return;
    const refreshes = offer.offer === undefined || offer.offer === session.remoteSdp;
    if (!refreshes) offer.reject(488);
    else if (request.method === 'UPDATE' && offer.offer === undefined) offer.accept();
    else offer.accept(session.localSdp === undefined ? {} : { sdp: session.localSdp });
  });
}

function acceptLines(session: Session, transaction: ServerTransaction): HeaderLine[] {
  const { core } = session;
  const flow = transaction.source;
  const granted = grantTimer(transaction.request, session.timerOptions);
  session.startTimer(granted.agreed);
  return [
    ['Contact', `<${core.transport.contactUri(flow.protocol, session.contactUser, flow)}>`],
    ...capabilityLines(core.capabilities),
    ...serverLines(core.capabilities, 'Server'),
    ...granted.headers,
  ];
}

function accepted(
  session: Session,
  transaction: ServerTransaction,
  answer: { bytes: Buffer; sdp: string | undefined },
): void {
  const { request } = transaction;
  session.remoteOffer = undefined;
  session.dialog.refreshTarget(request, transaction.source);
  session.learn(request);
  const offer = sessionDescription(request);
  if (offer !== undefined) session.remoteSdp = offer;
  if (answer.sdp !== undefined) session.localSdp = answer.sdp;
  if (request.method === 'INVITE') awaitAck(session, transaction, answer.bytes);
}

/** Repeats the 2xx until its ACK. */
export function awaitAck(session: Session, transaction: ServerTransaction, bytes: Buffer): void {
  const sequence = transaction.request.cseq?.sequence ?? -1;
  session.unacknowledged.set(
    sequence,
    new AnswerRetransmission(
      session.core,
      () => transaction.respondBytes(200, bytes),
      () => session.ackMissing(sequence),
    ),
  );
}

/** A handler that throws costs its own request a 500, nothing else. */
function guarded(session: Session, transaction: ServerTransaction, run: () => void): void {
  try {
    run();
  } catch (error) {
    const details = { callId: session.id.callId, method: transaction.request.method, error: String(error) };
    session.core.logger.error(details, 'Session handler failed');
    if (session.remoteOffer === transaction) session.remoteOffer = undefined;
    transaction.respond(500);
  }
}
