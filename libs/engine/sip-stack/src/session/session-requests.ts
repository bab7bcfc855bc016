import type { InviteSession } from '../api/invite-session.js';

type Request = Parameters<InviteSession['sendRequest']>[0];

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
