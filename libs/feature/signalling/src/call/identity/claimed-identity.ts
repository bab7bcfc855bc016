import type { Party } from '@carillon/contracts';
import { parseNameAddress, parseUri, type SipRequest } from '@carillon/sip-message';
import { partyOf, type Caller } from '../../inbound/caller.js';
import { normaliseNumber } from '../../routing/route-call.js';

/** Identities that are looked at: one SIP and one tel URI are legal (RFC 3325 §9.1). */
const MOST_IDENTITIES = 2;

/**
 * As whom a member calls: the user, or with P-Preferred-Identity a ring group that the user is in. A wish beyond that
 * is not heard (RFC 3325 §7: the default identity stands in).
 */
export function preferredParty(request: SipRequest, { directory, user }: Caller): Party {
  const own = partyOf(user);
  for (const value of request.values('P-Preferred-Identity').slice(0, MOST_IDENTITIES)) {
    const number = numberOf(value);
    if (number === undefined || number === own.number) continue;
    const group = [...directory.groups.values()].find(({ extension }) => extension === number);
    if (group?.memberIds.includes(user.userId) === true) return { number, name: group.name, userId: user.userId };
  }
  return own;
}

/** Who calls over a trunk: P-Asserted-Identity where the trunk is trusted, else From. An empty number is nobody known. */
export function partyFromTrunk(request: SipRequest, trusted: boolean): Party {
  const asserted = trusted ? request.values('P-Asserted-Identity').slice(0, MOST_IDENTITIES) : [];
  const from = request.header('From');
  for (const value of [...asserted, ...(from === undefined ? [] : [from])]) {
    // As it will be shown: what is nobody's name must not become one by what is taken out of it.
    const number = shown(numberOf(value) ?? '', 64);
    if (number === '' || /^(anonymous|unknown|restricted)$/i.test(number)) continue;
    const name = shown(parseNameAddress(value)?.displayName ?? '', 80);
    return { number, name: name === '' || name === number ? null : name, userId: null };
  }
  return { number: '', name: null, userId: null };
}

/** Without control characters, which may be escaped or quoted, and without half a character where it is cut. */
function shown(text: string, longest: number): string {
  return text
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, longest)
    .replaceAll(/\p{Surrogate}/gu, '');
}

function numberOf(value: string): string | undefined {
  const address = parseNameAddress(value);
  const uri = address === undefined ? undefined : parseUri(address.uri);
  if (uri?.scheme === 'tel') return uri.number;
  if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips') return undefined;
  return uri.user === undefined ? undefined : normaliseNumber(uri.user);
}
