import type { CallFailure } from '../call/call-failure.js';
import { mustEncrypt } from './trunk-encryption.js';
import type { Trunk } from './trunk.js';

/** RFC 3261 §21.6.4: no phone of the called party takes such sound. Only what we insisted on may be the reason. */
const NOT_ACCEPTABLE_ANYWHERE = 606;

/** Whether a call that failed over this trunk goes on over the next one: nobody was there, it sent the call
 * on to where we do not follow, or it answered what its admin named. */
export function leadsOn(
  trunk: Pick<Trunk, 'nextTrunkStatuses' | 'mediaEncryption'>,
  { sipStatus, isUnheard, isSentOn }: Pick<CallFailure, 'sipStatus' | 'isUnheard' | 'isSentOn'>,
): boolean {
  if (isUnheard === true || isSentOn === true) return true;
  if (trunk.nextTrunkStatuses.some((pattern) => matches(pattern, sipStatus))) return true;
  return sipStatus === NOT_ACCEPTABLE_ANYWHERE && mustEncrypt(trunk);
}

function matches(pattern: string, status: number): boolean {
  const text = String(status);
  return pattern === text || (pattern.endsWith('xx') && pattern[0] === text[0]);
}
