import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { OutgoingRequestOptions } from '../api/outgoing-invite.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import { answerChallenge } from '../authentication/answer-challenge.js';
import { responseFailure, timeoutFailure, transportFailure } from '../request-failure.js';
import type { Core } from './core.js';
import { outgoingDestination, outgoingDraft, outgoingIdentity } from './outgoing-draft.js';
import type { OutgoingIdentity } from './outgoing-draft.js';

/** Sends one request outside a dialog; answers one challenge when credentials are given. */
export function sendOutOfDialog(core: Core, options: OutgoingRequestOptions): Promise<RequestOutcome> {
  if ((options.maxForwards ?? 1) < 1) {
    return Promise.resolve({ ok: false, status: 483, reason: 'Too Many Hops', cause: 'ended' });
  }
  const { identifiers } = core;
  const identity = outgoingIdentity(options, { callId: identifiers.callId(), tag: identifiers.tag() });
  return sendOnce(core, options, { identity, sequence: 1, authorization: undefined });
}

function sendOnce(
  core: Core,
  options: OutgoingRequestOptions,
  attempt: { identity: OutgoingIdentity; sequence: number; authorization: HeaderLine | undefined },
): Promise<RequestOutcome> {
  const { identity, sequence, authorization } = attempt;
  const { method, credentials } = options;
  const draft = outgoingDraft(core, options, {
    identity,
    method,
    sequence,
    contact: options.contact === true ? { user: undefined } : undefined,
    extra: authorization === undefined ? [] : [authorization],
    body: options.body,
    contentType: options.contentType,
  });
  return new Promise((resolve) => {
    core.sender.send(draft, outgoingDestination(core, options), {
      response: (response: SipResponse) => {
        if (response.status < 200) return;
        if (response.status < 300) {
          resolve({ ok: true, status: response.status, response });
          return;
        }
        const answer =
          credentials === undefined || authorization !== undefined
            ? undefined
            : answerChallenge(response, { method, uri: options.target, credentials }, core.identifiers);
        if (answer === undefined) resolve(responseFailure(response));
        else resolve(sendOnce(core, options, { identity, sequence: sequence + 1, authorization: answer }));
      },
      timeout: () => resolve(timeoutFailure()),
      transportError: () => resolve(transportFailure()),
    });
  });
}
