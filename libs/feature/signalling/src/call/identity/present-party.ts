import type { Party } from '@carillon/contracts';
import { buildNameAddress, sipUri } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { HeadersInMaking } from '../headers/pass-headers.js';
import { buildPrivacy, isAnonymous, type Privacy } from './privacy.js';

/** RFC 3323 §4.1.1.3. */
export const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/** Someone as they are to be shown on another phone. */
export interface Presented {
  readonly party: Party;
  readonly privacy: Privacy;
}

export interface Audience {
  /** The domain that numbers are shown in. */
  readonly domain: string;
  /** Keeps identities to itself where it is asked to (RFC 3325 §4): a trunk so marked. Phones show what they get. */
  readonly trusted: boolean;
}

/** Whether who it is must not reach this audience at all. */
export function isHidden({ party, privacy }: Presented): boolean {
  return party.number === '' || isAnonymous(privacy);
}

/** From towards this audience. */
export function presentFrom(presented: Presented, audience: Audience): string {
  return isHidden(presented) ? ANONYMOUS : addressOf(presented.party, audience);
}

/** P-Asserted-Identity and Privacy towards this audience (RFC 3325 §5, §7). */
export function presentIdentity(presented: Presented, audience: Audience): HeaderFields {
  const headers: HeadersInMaking = {};
  addIdentity(headers, presented, audience);
  return headers;
}

/** As `presentIdentity`, to others. */
export function addIdentity(headers: HeadersInMaking, { party, privacy }: Presented, audience: Audience): void {
  if (party.number === '') return;
  const anonymous = isAnonymous(privacy);
  if (anonymous && !audience.trusted) return;
  headers['P-Asserted-Identity'] = addressOf(party, audience);
  const left = anonymous ? buildPrivacy(privacy) : privacy.has('none') ? 'none' : undefined;
  if (left !== undefined) headers['Privacy'] = left;
}

function addressOf({ name, number }: Party, { domain }: Audience): string {
  return buildNameAddress({ displayName: name ?? undefined, uri: sipUri({ user: number, host: domain }) });
}
