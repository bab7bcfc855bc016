import type { SipRequest } from '@carillon/sip-message';
import { normaliseNumber } from '../routing/route-call.js';

/** Characters of a number that are looked at. */
const LONGEST = 64;

/** The user part of the Request-URI, or the number of a tel: URI. */
export function dialledNumber({ uri }: Pick<SipRequest, 'uri'>): string | undefined {
  if (uri?.scheme === 'tel') return uri.number.slice(0, LONGEST);
  if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips') return undefined;
  return uri.user === undefined ? undefined : normaliseNumber(uri.user).slice(0, LONGEST);
}
