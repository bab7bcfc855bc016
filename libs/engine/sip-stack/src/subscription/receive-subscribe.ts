import type { Dialog } from '../dialog/dialog.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { acceptedBodyType } from './accepted-body-type.js';
import { grantExpires } from './grant-expires.js';
import { ReceivedSubscribe } from './received-subscribe.js';

/**
 * A SUBSCRIBE for a new subscription, checked as RFC 6665 §4.2.1.1 wants.
 * @param shared the dialog it came in
 * @returns undefined when it was refused
 */
export function receiveSubscribe(
  core: Core,
  transaction: ServerTransaction,
  shared?: Dialog,
): ReceivedSubscribe | undefined {
  const { request } = transaction;
  const { event } = request;
  const refuse = (status: number, headers: Record<string, string> = {}, reason?: string): undefined => {
    new ReceivedRequest(core, transaction).reply(status, {
      headers,
      once: true,
      ...(reason === undefined ? {} : { reason }),
    });
    return undefined;
  };
  const packages = core.capabilities.allowEvents;
  const known = packages?.split(', ') ?? [];
  // RFC 3515 §2.4.4: REFER alone makes these.
  if (event?.package === 'refer') return refuse(403, {}, 'Only REFER subscribes to refer');
  // RFC 6665 §8.2.1: without an Event that can be read nobody knows what is asked for.
  if (event === undefined || (packages !== undefined && !known.includes(event.package))) {
    return refuse(489, packages === undefined ? {} : { 'Allow-Events': packages });
  }
  const definition = core.eventPackages.get(event?.package ?? '');
  if (definition !== undefined) {
    if (acceptedBodyType(request, definition.bodyTypes) === undefined) {
      return refuse(406, { Accept: definition.bodyTypes.join(', ') });
    }
    const grant = grantExpires(request.expires, definition);
    if (!grant.ok) return refuse(423, { 'Min-Expires': String(grant.minimum) });
  }
  const full = shared === undefined ? core.dialogs.count >= core.limits.maxDialogs : core.subscriptions.isFull(shared);
  if (full) return refuse(503, { 'Retry-After': '5' });
  return new ReceivedSubscribe(core, transaction, shared);
}
