import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { RequestTarget } from '../api/outgoing-invite.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import type { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { responseFailure, timeoutFailure, tooLargeFailure, transportFailure } from '../request-failure.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from './core.js';
import { outgoingDestination, outgoingDraft, wayOf } from './outgoing-draft.js';
import type { OutgoingIdentity } from './outgoing-draft.js';

/** A request outside a dialog, which may belong to a series: a registration's, a publication's. */
export interface StandaloneRequest {
  readonly target: RequestTarget;
  readonly identity: OutgoingIdentity;
  readonly method: string;
  /** CSeq number of the next sending (RFC 3261 §8.1.1.5). */
  readonly nextSequence: () => number;
  readonly spaces: ProtectionSpaces;
  readonly headers?: readonly HeaderLine[];
  /** Contact value for the flow it goes by; undefined sends none. */
  readonly contact?: ((flow: SipFlow) => string) | undefined;
  readonly body?: string | Uint8Array | undefined;
  readonly contentType?: string | undefined;
}

export interface StandaloneOutcome {
  readonly outcome: RequestOutcome;
  /** The way it went last, when it went at all. */
  readonly flow: SipFlow | undefined;
}

/** Sends it, again when it is challenged and credentials are at hand. */
export function sendStandalone(core: Core, request: StandaloneRequest): Promise<StandaloneOutcome> {
  return sendOnce(core, request, new AuthorizedRequest(request.spaces));
}

function sendOnce(core: Core, request: StandaloneRequest, authorized: AuthorizedRequest): Promise<StandaloneOutcome> {
  const { target, identity, method, contact, body, contentType } = request;
  const draft = outgoingDraft(core, target, {
    identity,
    method,
    sequence: request.nextSequence(),
    contact: undefined,
    extra: [...authorized.sign({ method, uri: wayOf(target).uri, body }), ...(request.headers ?? [])],
    body,
    contentType,
  });
  const headers = (flow: SipFlow): HeaderLine[] =>
    contact === undefined ? draft.headers(flow) : [...draft.headers(flow), ['Contact', contact(flow)]];
  return new Promise((resolve) => {
    const destination = { ...outgoingDestination(core, target), congestionSafe: method === 'MESSAGE' };
    const sending = core.sender.send({ ...draft, headers }, destination, {
      response: (response: SipResponse) => {
        if (response.status < 200) return;
        const { flow } = sending;
        if (response.status < 300) {
          authorized.accepted(response);
          resolve({ outcome: { ok: true, status: response.status, response }, flow });
          return;
        }
        authorized.challenged(response, (retry) => {
          resolve(retry ? sendOnce(core, request, authorized) : { outcome: responseFailure(response), flow });
        });
      },
      timeout: () => resolve({ outcome: timeoutFailure(), flow: sending.flow }),
      transportError: () => {
        resolve({ outcome: sending.tooLarge ? tooLargeFailure() : transportFailure(), flow: sending.flow });
      },
    });
  });
}
