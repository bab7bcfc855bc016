import type { HeaderFields } from '../api/header-fields.js';
import type { InviteSession } from '../api/invite-session.js';

type Request = Parameters<InviteSession['sendRequest']>[0];

/** RFC 6086 */
export function infoRequest(options: Parameters<InviteSession['info']>[0]): Request {
  const { infoPackage, headers, body, contentType } = options;
  const named: HeaderFields = infoPackage === undefined ? {} : { 'Info-Package': infoPackage };
  return { method: 'INFO', headers: { ...named, ...headers }, body, contentType };
}

/** RFC 6665, inside the dialog of a call. */
export function notifyRequest(options: Parameters<InviteSession['notify']>[0]): Request {
  const { event, subscriptionState, contentType, body, headers } = options;
  return {
    method: 'NOTIFY',
    headers: { Event: event, 'Subscription-State': subscriptionState, ...headers },
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}
