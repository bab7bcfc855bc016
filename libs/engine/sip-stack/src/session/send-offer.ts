import { sessionDescription } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { ReinviteOutcome, SessionTimerOptions } from '../api/invite-session.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import { headerLines } from '../header-lines.js';
import { endedFailure } from '../request-failure.js';
import { capabilityLines } from '../user-agent/core.js';
import { Acknowledgement } from './acknowledgement.js';
import { losesDialog, sendInDialog } from './send-in-dialog.js';
import type { Session } from './session.js';
import { agreedByResponse, minimumOf, offerTimer } from './session-timer.js';

export interface OfferOptions {
  sdp?: string;
  headers?: HeaderFields;
}

/** How often glare is tried again before it counts as refused. */
const MAX_ATTEMPTS = 4;

/** Sends a re-INVITE or UPDATE, again after glare (RFC 3261 §14.1) and with a longer interval after 422 (RFC 4028 §7.3). */
export async function sendOffer(
  session: Session,
  method: 'INVITE' | 'UPDATE',
  options: OfferOptions,
): Promise<ReinviteOutcome> {
  let timerOptions = session.timerOptions;
  for (let attempt = 1; ; attempt++) {
    if (session.state === 'ended') return { ...endedFailure() };
    const busy = session.localOffers > 0 || session.remoteOffer !== undefined || session.state === 'accepted';
    const outcome = busy ? undefined : await sendOnce(session, method, { options, timerOptions });
    if (outcome !== undefined && outcome.ok) return outcome;
    if (outcome !== undefined) {
      const minimum =
        outcome.status === 422 && outcome.response !== undefined ? minimumOf(outcome.response) : undefined;
      if (minimum !== undefined && attempt < MAX_ATTEMPTS) {
        timerOptions = {
          ...timerOptions,
          expiresSeconds: Math.max(timerOptions.expiresSeconds, minimum),
          minimumSeconds: Math.max(timerOptions.minimumSeconds, minimum),
        };
        continue;
      }
      if (losesDialog(outcome)) session.end({ by: 'remote', kind: 'lost', reasons: [] });
      if (outcome.status !== 491) return outcome;
    }
    if (attempt >= MAX_ATTEMPTS) {
      return outcome ?? { ok: false, status: 491, reason: 'Request Pending', cause: 'ended' };
    }
    await glareDelay(session);
  }
}

/** Who owns the Call-ID waits longer, so that one side goes first. */
function glareDelay(session: Session): Promise<void> {
  const { identifiers, clock } = session.core;
  const steps = session.role === 'caller' ? 210 + identifiers.below(191) : identifiers.below(201);
  return new Promise((resolve) => {
    clock.setTimeout(resolve, steps * 10);
  });
}

async function sendOnce(
  session: Session,
  method: 'INVITE' | 'UPDATE',
  request: { options: OfferOptions; timerOptions: SessionTimerOptions },
): Promise<ReinviteOutcome> {
  const { core, dialog } = session;
  const { sdp, headers } = request.options;
  let sent: { sequence: number; authorization: readonly HeaderLine[] } = { sequence: 0, authorization: [] };
  session.localOffers += 1;
  const outcome: RequestOutcome = await sendInDialog(core, dialog, {
    method,
    headers: [
      ...capabilityLines(core.capabilities),
      ...offerTimer(request.timerOptions, 'uac'),
      ...headerLines(headers),
    ],
    ...(sdp === undefined ? {} : { body: sdp }),
    contactUser: session.contactUser,
    spaces: session.spaces,
    numbered: (sequence, authorization) => {
      sent = { sequence, authorization };
    },
  });
  session.localOffers -= 1;
  if (!outcome.ok) return outcome;

  const { response } = outcome;
  dialog.refreshTarget(response);
  session.learn(response);
  session.startTimer(agreedByResponse(response));
  const description = sessionDescription(response);
  if (sdp !== undefined) session.localSdp = sdp;
  if (description !== undefined) session.remoteSdp = description;
  if (method === 'UPDATE') return { ...outcome, sdp: description, acknowledge() {} };

  const acknowledgement = new Acknowledgement(core, dialog, sent);
  session.acknowledgement = acknowledgement;
  if (sdp !== undefined || description === undefined) acknowledgement.send();
  return {
    ...outcome,
    sdp: description,
    acknowledge: (answer = {}) => {
      if (answer.sdp !== undefined) session.localSdp = answer.sdp;
      acknowledgement.send(answer.sdp);
    },
  };
}
