import type { SipResponse } from '@carillon/sip-message';
import type { OutgoingRequestOptions } from '../api/outgoing-invite.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { responseFailure, timeoutFailure, transportFailure } from '../request-failure.js';
import type { Core } from './core.js';
import { outgoingDestination, outgoingDraft, outgoingIdentity } from './outgoing-draft.js';
import type { OutgoingIdentity } from './outgoing-draft.js';

/** Sends one request outside a dialog, again when it is challenged and credentials are at hand. */
export function sendOutOfDialog(core: Core, options: OutgoingRequestOptions): Promise<RequestOutcome> {
  if ((options.maxForwards ?? 1) < 1) {
    return Promise.resolve({ ok: false, status: 483, reason: 'Too Many Hops', cause: 'ended' });
  }
  const { identifiers } = core;
  const identity = outgoingIdentity(options, { callId: identifiers.callId(), tag: identifiers.tag() });
  const authorized = new AuthorizedRequest(new ProtectionSpaces(options.credentials, core));
  return sendOnce(core, options, { identity, sequence: 1, authorized });
}

function sendOnce(
  core: Core,
  options: OutgoingRequestOptions,
  attempt: { identity: OutgoingIdentity; sequence: number; authorized: AuthorizedRequest },
): Promise<RequestOutcome> {
  const { identity, sequence, authorized } = attempt;
  const { method, body } = options;
  const draft = outgoingDraft(core, options, {
    identity,
    method,
    sequence,
    contact: options.contact === true ? { user: undefined } : undefined,
    extra: authorized.sign({ method, uri: options.target, body }),
    body,
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
        authorized.challenged(response, (retry) => {
          const next = { identity, sequence: sequence + 1, authorized };
          resolve(retry ? sendOnce(core, options, next) : responseFailure(response));
        });
      },
      timeout: () => resolve(timeoutFailure()),
      transportError: () => resolve(transportFailure()),
    });
  });
}
