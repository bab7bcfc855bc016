import type { OutgoingRequestOptions } from '../api/outgoing-invite.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { Core } from './core.js';
import { contactFor } from '../dialog/contact-for.js';
import { goesSecure, outgoingIdentity } from './outgoing-draft.js';
import { sendStandalone } from './send-standalone.js';

/** Sends one request outside a dialog, again when it is challenged and credentials are at hand. */
export async function sendOutOfDialog(core: Core, options: OutgoingRequestOptions): Promise<RequestOutcome> {
  if ((options.maxForwards ?? 1) < 1) return { ok: false, status: 483, reason: 'Too Many Hops', cause: 'ended' };
  const { identifiers } = core;
  let sequence = 0;
  const { outcome } = await sendStandalone(core, {
    target: options,
    identity: outgoingIdentity(options, { callId: identifiers.callId(), tag: identifiers.tag() }),
    method: options.method,
    nextSequence: () => (sequence += 1),
    spaces: new ProtectionSpaces(options.credentials, core),
    contact:
      // A MESSAGE makes no dialog, and must not look as if it did (RFC 3428 §4).
      options.contact === true && options.method !== 'MESSAGE'
        ? (flow) => contactFor(core.transport.contactUri(flow.protocol, undefined, flow), goesSecure(options))
        : undefined,
    body: options.body,
    contentType: options.contentType,
  });
  return outcome;
}
