import type { DigestPolicy } from '@carillon/contracts';
import type { DigestAlgorithm, SipRequest } from '@carillon/sip-message';
import { profileOf, type DeviceProfile, type DeviceQuirks } from '@carillon/domain';
import type { Logger } from '@carillon/service-runtime';
import type { DigestAuthenticator } from '@carillon/sip-stack';
import type { Asking } from './asking-phone.js';
import type { GivenUpChallenges } from './given-up-challenges.js';
import type { Owner } from './learnt-phone.js';

/** Credentials that can be judged. */
interface Answered {
  readonly isFirstUse: boolean;
  readonly algorithm: DigestAlgorithm;
}

interface ChallengeOptions {
  readonly stale: boolean;
  readonly profiles: readonly DeviceProfile[];
  readonly policy: DigestPolicy;
}

/** What phones are offered, in this order. */
const OFFERS: Readonly<Record<DeviceQuirks['digest'], readonly DigestAlgorithm[]>> = {
  'sha256-first': ['SHA-256', 'MD5'],
  'md5-first': ['MD5', 'SHA-256'],
  'md5-only': ['MD5'],
};
/** Of a User-Agent, in the log. */
const MOST_CHARACTERS = 120;
/** Credentials of a phone that needs no MD5. */
const STRONG_CREDENTIALS = /algorithm\s*=\s*"?SHA/i;
/** Where the organisation wants no MD5, whatever a phone's profile says. */
const STRONG_OFFER: readonly DigestAlgorithm[] = ['SHA-256'];

/**
 * Challenges that the asking phone can take, and the check of its credentials. The order of preference of RFC 8760 §2.3
 * (strongest first) is for those who follow it: most phones and tools look at the first challenge only and know MD5.
 */
export class Challenges {
  /** @param authenticator takes what comes, whatever was offered */
  constructor(
    private readonly authenticator: DigestAuthenticator,
    private readonly givenUp: GivenUpChallenges,
    private readonly logger: Logger,
  ) {}

  /** Values for WWW-Authenticate, one line each. @param options the organisation's own: profiles of its phones, its policy */
  challenge(asking: Asking, realm: string, { stale, profiles, policy }: ChallengeOptions): string[] {
    const algorithms = policy === 'sha256-only' ? STRONG_OFFER : OFFERS[this.orderFor(asking, profiles, stale)];
    return this.authenticator.challenge(realm, { stale, algorithms });
  }

  /**
   * The phone answers what it was asked with: it has not given up.
   * @param verdict the device whose password was right, or whether any was
   */
  answered(asking: Asking, { isFirstUse, algorithm }: Answered, verdict: Owner | boolean): void {
    if (!isFirstUse) return;
    const isRight = verdict !== false;
    this.givenUp.answered(asking, { algorithm, isRight, owner: typeof verdict === 'object' ? verdict : undefined });
  }

  /** Of phones of a kind that is known, it is known what they take; of others it is learnt. */
  private orderFor(asking: Asking, profiles: readonly DeviceProfile[], stale: boolean): DeviceQuirks['digest'] {
    const { request, source } = asking;
    const phone = { userAgent: request.glance('User-Agent') ?? null, protocol: source.protocol };
    const { digest } = profileOf(phone, profiles).quirks;
    return digest === 'md5-first' && this.hasGivenUp(asking, stale) ? 'md5-only' : digest;
  }

  private hasGivenUp(asking: Asking, stale: boolean): boolean {
    const { request, source } = asking;
    const credentials = request.glance('Authorization') ?? request.glance('Proxy-Authorization');
    if (stale || credentials !== undefined)
      return this.givenUp.has(asking) && !STRONG_CREDENTIALS.test(credentials ?? '');
    const offer = this.givenUp.offerFor(asking);
    if (offer === 'one-from-now-on') {
      // Anybody can make it happen, as often as they like: not for everybody's log.
      const userAgent = request.glance('User-Agent')?.slice(0, MOST_CHARACTERS);
      const about = { address: source.address, userAgent, method: request.method };
      this.logger.debug(about, 'A phone gave up at two challenges: MD5 alone from now on');
    }
    return offer !== 'both';
  }

  /** @param header where the credentials are: a proxy's are in their own (RFC 3261 §22.3) */
  inspect(
    request: SipRequest,
    realm: string,
    header?: 'Authorization' | 'Proxy-Authorization',
  ): ReturnType<DigestAuthenticator['inspect']> {
    return this.authenticator.inspect(request, realm, header);
  }
}
