import type { LearntPhone as ShownPhone } from '@carillon/contracts';
import type { DeviceId, OrganisationId } from '@carillon/domain';
import { ownText } from '@carillon/sip-message';
import { textOfPhone, type Asking } from './asking-phone.js';
import type { UnansweredChallenge } from './unanswered-challenge.js';

/** Of so many challenges that a learnt phone leaves unanswered, the last is of both algorithms. */
const ROUND = { unproven: 2, proven: 4 } as const;
/** Characters of a User-Agent that are shown. */
const MOST_SHOWN = 120;

/** A phone that takes one challenge alone, as far as is known. */
export interface LearntPhone {
  readonly since: number;
  until: number;
  /** It has answered MD5 alone, with the right password. */
  proven: boolean;
  /** Whose password that was; undefined for a trunk. */
  owner: OwnedPhone | undefined;
  unanswered: UnansweredChallenge | undefined;
}

/** A device of ours. */
export interface Owner {
  readonly organisationId: OrganisationId;
  readonly deviceId: DeviceId;
}

interface OwnedPhone extends Owner {
  readonly address: string;
  readonly userAgent: string | null;
  /** `textOfPhone`, for other processes. */
  readonly phone: string;
}

export function ownedBy({ organisationId, deviceId }: Owner, phone: Asking): OwnedPhone {
  const userAgent = phone.request.glance('User-Agent')?.slice(0, MOST_SHOWN);
  return {
    ...{ organisationId, deviceId, address: phone.source.address, phone: textOfPhone(phone) },
    // Kept for days: a slice would keep the text of the whole head.
    userAgent: userAgent === undefined ? null : ownText(userAgent),
  };
}

/** Whether its last challenge is MD5 alone. */
export function isAskedAlone({ proven, unanswered }: Pick<LearntPhone, 'proven' | 'unanswered'>): boolean {
  const round = proven ? ROUND.proven : ROUND.unproven;
  return unanswered === undefined || unanswered.before % round !== round - 1;
}

/** As administrators see it. */
export function shownOf(
  { deviceId, address, userAgent }: OwnedPhone,
  { since, until }: Pick<LearntPhone, 'since' | 'until'>,
): ShownPhone {
  return {
    ...{ deviceId, address, userAgent },
    ...{ since: new Date(since).toISOString(), until: new Date(until).toISOString() },
  };
}
