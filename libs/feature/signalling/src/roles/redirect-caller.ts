import type { RoutedRequest } from '@carillon/sip-stack';
import type { CallBetweenPhones, RoleParts } from './choose-role.js';
import { noteRedirection } from './note-redirection.js';

/** Tells a caller that is known where the phones are (RFC 3261 §8.3); from then on we hear nothing of the call. */
export async function redirectCaller(
  { authenticate, call: parts }: RoleParts,
  routed: RoutedRequest,
  call: CallBetweenPhones,
): Promise<void> {
  const authentication = await authenticate.check(routed);
  if (!authentication.ok) {
    routed.reply(authentication.status, authentication.options);
    return;
  }
  noteRedirection(parts, routed.request, { caller: authentication.caller, call });
  // As they registered: who knows TLS is called so, by a caller that knows it as well (RFC 5630 §5.4).
  routed.redirect(call.phones.map(({ binding: { contactUri: uri, q } }) => ({ uri, q })));
}
