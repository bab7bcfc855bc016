import { sessionDescription } from '@carillon/sip-message';
import type { HeaderLine, Reason, SipResponse } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { InviteProgress, ReinviteOutcome, UpdateOutcome } from '../api/invite-session.js';
import type { RequestFailure } from '../api/request-outcome.js';
import { headerLines } from '../header-lines.js';
import { endedFailure } from '../request-failure.js';
import { retryAfterSeconds } from '../retry-after.js';
import { capabilityLines } from '../user-agent/core.js';
import { Acknowledgement } from './acknowledgement.js';
import { judgeFailure } from './end-session.js';
import { LocalInvite } from './local-invite.js';
import { receiveProgress } from './receive-progress.js';
import { reinstatedOffer } from './reinstated-offer.js';
import { ReinviteWatch } from './reinvite-watch.js';
import { reasonLines } from './reason-lines.js';
import type { Session } from './session.js';
import { agreedByResponse, minimumOf, offerTimer } from './session-timer.js';

export interface OfferOptions {
  sdp?: string;
  headers?: HeaderFields;
}

export interface ReinviteOptions extends OfferOptions {
  progress?: (response: SipResponse, sdp: string | undefined, about: InviteProgress) => void;
}

/** How often a request is tried again after glare or a short wait before it counts as refused. */
const MAX_ATTEMPTS = 4;
/** Longest Retry-After that is waited for; what glare rules ask for is 0–10 s (RFC 3261 §14.2, RFC 3311 §5.2). */
const LONGEST_RETRY_SECONDS = 10;

/** Sends a re-INVITE once nothing else is open, and again after glare or a short Retry-After. */
export async function sendReinvite(session: Session, options: ReinviteOptions): Promise<ReinviteOutcome> {
  for (let attempt = 1; ; attempt++) {
    while (session.state !== 'ended' && !mayInvite(session)) await session.untilSettled();
    if (session.state === 'ended') return endedFailure();
    const outcome = await inviteOnce(session, options);
    if (outcome.ok || attempt >= MAX_ATTEMPTS || !(await worthAnotherTry(session, outcome))) return outcome;
  }
}

/** Sends an UPDATE: with SDP once nothing else is open, without at once after the last UPDATE. */
export async function sendUpdate(session: Session, options: OfferOptions): Promise<UpdateOutcome> {
  for (let attempt = 1; ; attempt++) {
    while (session.state !== 'ended' && !mayUpdate(session, options.sdp !== undefined)) await session.untilSettled();
    if (session.state === 'ended') return endedFailure();
    const outcome = await updateOnce(session, options);
    if (outcome.ok || attempt >= MAX_ATTEMPTS || !(await worthAnotherTry(session, outcome))) return outcome;
  }
}

/** CANCEL of the re-INVITE that waits, once it has a provisional response (§9.1). */
export function cancelReinvite(session: Session, reasons: readonly Reason[]): void {
  const transaction = session.localInvite?.transaction;
  if (session.state !== 'ended' && transaction !== undefined) {
    session.core.transactions.cancel(transaction, reasonLines(reasons));
  }
}

/** RFC 6337 §4.3: UAC-II, UAC-UI. */
function mayInvite(session: Session): boolean {
  return (
    session.state === 'confirmed' &&
    session.localInvite === undefined &&
    session.remoteInvite === undefined &&
    !session.localUpdate &&
    session.remoteUpdate === undefined &&
    session.negotiation.idle
  );
}

/** RFC 6337 §4.3: UAC-UU, UAC-IU. RFC 3311 §5.1: not before the first exchange is done. */
function mayUpdate(session: Session, withOffer: boolean): boolean {
  if (session.localUpdate || session.remoteUpdate !== undefined) return false;
  if (!withOffer) return true;
  return (
    session.state !== 'accepted' &&
    session.negotiation.state === 'stable' &&
    session.openPracks === 0 &&
    session.reliable?.holdsSuccess !== true
  );
}

async function inviteOnce(session: Session, options: ReinviteOptions): Promise<ReinviteOutcome> {
  const { negotiation } = session;
  const { sdp, progress } = options;
  const invite = new LocalInvite(0, negotiation);
  let authorization: readonly HeaderLine[] = [];
  let sent: Acknowledgement | undefined;
  session.localInvite = invite;
  if (sdp === undefined) negotiation.take('send INVITE without SDP');
  else negotiation.take('send INVITE', sdp);
  const watch = new ReinviteWatch(session);
  invite.watch = watch;
  const answered = session.request({
    method: 'INVITE',
    headers: refreshLines(session, options.headers),
    body: sdp,
    numbered: (sequence, lines) => {
      invite.renumber(sequence);
      authorization = lines;
    },
    began: (sending) => {
      invite.transaction = sending.invite;
    },
    progress: (response) => {
      watch.heard();
      if (response.status > 100 && session.state !== 'ended')
        receiveProgress(session, invite, { response, handler: progress });
    },
    repeated: () => sent?.repeat(),
  });
  const outcome = await Promise.race([answered, watch.gaveUp]);
  watch.stop();
  session.localInvite = undefined;
  if (!outcome.ok) {
    if (outcome.cause === 'timeout') {
      invite.transaction?.terminate();
      judgeFailure(session, 'INVITE', outcome);
    }
    negotiation.take('receive refusal of INVITE');
    session.settled();
    if (invite.changed(negotiation)) reinstate(session, invite);
    return outcome;
  }
  const { response } = outcome;
  takeRefresh(session, response);
  const description = sessionDescription(response);
  const meaning =
    description === undefined
      ? negotiation.take('receive 2xx without SDP')
      : negotiation.take('receive 2xx', description);
  const acknowledgement = new Acknowledgement(session, { sequence: invite.sequence, authorization });
  sent = acknowledgement;
  sent = acknowledgement;
  session.acknowledgement = acknowledgement;
  // The session may be over meanwhile: the 2xx wants its ACK all the same.
  if (meaning !== 'offer' || isEnded(session)) acknowledgement.send();
  session.settled();
  const agreed = meaning === 'offer' ? description : negotiation.remote;
  return { ...outcome, sdp: agreed, acknowledge: (answer = {}) => acknowledgement.send(answer.sdp) };
}

/**
 * The re-INVITE failed after something was agreed within it: what was before counts again (RFC 3261 §14.1), and is offered once
 * more so that both sides know (RFC 6141 §3.4).
 */
function reinstate(session: Session, { before }: LocalInvite): void {
  const sdp = reinstatedOffer(before.local, session.negotiation.local);
  session.negotiation.restore(before);
  if (session.state === 'ended' || sdp === undefined) return;
  const sent = session.remoteAllow.has('UPDATE') ? sendUpdate(session, { sdp }) : sendReinvite(session, { sdp });
  void sent.then((outcome) => {
    if (outcome.ok) return;
    const { callId } = session.id;
    session.core.logger.warn({ callId, status: outcome.status }, 'Session could not be brought back in step');
  });
}

async function updateOnce(session: Session, options: OfferOptions): Promise<UpdateOutcome> {
  const { negotiation } = session;
  const { sdp } = options;
  session.localUpdate = true;
  if (sdp !== undefined) negotiation.take('send UPDATE', sdp);
  const headers = refreshLines(session, options.headers);
  const outcome = await session.request({ method: 'UPDATE', headers, body: sdp });
  session.localUpdate = false;
  if (!outcome.ok) {
    if (sdp !== undefined) negotiation.take('receive refusal of UPDATE');
    session.settled();
    return outcome;
  }
  takeRefresh(session, outcome.response);
  const answer = sessionDescription(outcome.response);
  let taken: string | undefined;
  if (sdp !== undefined) {
    if (answer === undefined) negotiation.take('receive 2xx of UPDATE without SDP');
    else if (negotiation.take('receive 2xx of UPDATE', answer) === 'answer') taken = answer;
  }
  session.settled();
  return { ...outcome, sdp: taken };
}

function refreshLines(session: Session, headers: HeaderFields | undefined): HeaderLine[] {
  // A dialog that is still early has no session to time (RFC 4028 §7.4 is about what a 2xx agreed).
  const timer =
    session.state === 'early' ? [] : offerTimer(session.timerOptions, session.agreedTimer, session.seenMinimum);
  return [...capabilityLines(session.core.capabilities), ...timer, ...headerLines(headers)];
}

/** A 2xx to a re-INVITE or UPDATE moves the target and the timer. */
function takeRefresh(session: Session, response: SipResponse): void {
  session.dialog.refreshTarget(response);
  session.learn(response);
  if (session.state === 'early') return;
  session.startTimer(agreedByResponse(response, { options: session.timerOptions, running: session.agreedTimer }));
}

/** 491: after the time of RFC 3261 §14.1. 422: longer, at once. A short Retry-After: after it. @returns false to give up */
async function worthAnotherTry(session: Session, failure: RequestFailure): Promise<boolean> {
  const { response } = failure;
  if (response === undefined || session.state === 'ended') return false;
  if (failure.status === 422) {
    const minimum = minimumOf(response);
    if (minimum === undefined || minimum <= (session.seenMinimum ?? 0)) return false;
    session.seenMinimum = minimum;
    return true;
  }
  if (failure.status === 491) {
    await pause(session, glareMilliseconds(session));
    return true;
  }
  if (failure.status !== 500 || !response.has('Retry-After')) return false;
  const retryAfter = retryAfterSeconds(response);
  if (retryAfter > LONGEST_RETRY_SECONDS) return false;
  await pause(session, retryAfter * 1000);
  return true;
}

/** Who owns the Call-ID waits longer, so that one side goes first. */
function glareMilliseconds({ core, role }: Session): number {
  return 10 * (role === 'caller' ? 210 + core.identifiers.below(191) : core.identifiers.below(201));
}

function pause(session: Session, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    session.core.clock.setTimeout(resolve, milliseconds);
  });
}

/** Asked after an await, where the compiler has an old idea of the state. */
function isEnded(session: Session): boolean {
  return session.state === 'ended';
}
