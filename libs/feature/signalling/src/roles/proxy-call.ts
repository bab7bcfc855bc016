import { buildNameAddress, parseUri, sipUri } from '@carillon/sip-message';
import type { RoutedRequest } from '@carillon/sip-stack';
import { partyOf, type Caller } from '../inbound/caller.js';
import type { CallBetweenPhones, RoleParts } from './choose-role.js';

/** What only we may say about a caller, and what was meant for us alone (RFC 3325 §5, RFC 3261 §22.3). */
const NOT_PASSED = ['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID', 'Proxy-Authorization'] as const;

/** Passes the call of a caller that is known on to the phones of a user, and stays in its path. */
export async function proxyCall(
  { authenticate, proxiedCalls }: RoleParts,
  routed: RoutedRequest,
  call: CallBetweenPhones,
): Promise<void> {
  const authentication = await authenticate.checkForProxy(routed);
  if (!authentication.ok) {
    routed.reply(authentication.status, authentication.options);
    return;
  }
  const { caller } = authentication;
  // A proxy cannot write From anew, so it must be right as it is.
  if (!speaksForItself(routed, caller)) {
    routed.reply(403, { reason: 'From is not who you are' });
    return;
  }
  const { directory, phones } = call;
  const { name, number } = partyOf(caller.user);
  const identity = sipUri({ user: number || caller.device.sipUsername, host: directory.sipDomain });
  const watch = proxiedCalls.begin(routed, { caller, call });
  routed.proxy({
    targets: phones.map(({ target }) => target),
    remove: NOT_PASSED,
    headers: { 'P-Asserted-Identity': buildNameAddress({ displayName: name ?? undefined, uri: identity }) },
    ringMilliseconds: directory.ringSeconds * 1000,
    onBegun: watch.begun,
    onProgress: watch.progress,
    takeOver: watch.takeOver,
    onFinal: watch.final,
  });
}

function speaksForItself({ request }: RoutedRequest, { device, user }: Caller): boolean {
  const from = request.from === undefined ? undefined : parseUri(request.from.uri);
  if (from?.scheme !== 'sip' && from?.scheme !== 'sips') return false;
  return from.user === device.sipUsername || (from.user !== undefined && from.user === user.extension);
}
