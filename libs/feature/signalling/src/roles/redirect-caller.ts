import type { RoutedRequest } from '@carillon/sip-stack';
import type { CallBetweenPhones, RoleParts } from './choose-role.js';

/** Tells a caller that is known where the phones are (RFC 3261 §8.3); from then on we hear nothing of the call. */
export async function redirectCaller(
  { authenticate }: RoleParts,
  routed: RoutedRequest,
  { phones }: CallBetweenPhones,
): Promise<void> {
  const authentication = await authenticate.check(routed);
  if (authentication.ok) routed.redirect(phones.map(({ target: { uri, q } }) => ({ uri, q: q ?? 1 })));
  else routed.reply(authentication.status, authentication.options);
}
