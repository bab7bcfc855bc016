import type { DigestPolicy } from '@carillon/contracts';
import { ownText, type DigestAlgorithm, type SipRequest } from '@carillon/sip-message';
import { profileOf, type DeviceProfile, type DeviceQuirks } from '@carillon/domain';
import type { Logger } from '@carillon/service-runtime';
import { DigestAuthenticator, type RequestSource } from '@carillon/sip-stack';
import { hashBranch } from '../registrar/match-refresh.js';
import type { GivenUpChallenges } from './given-up-challenges.js';

/** Where a request came from, and what it is. */
interface Asking {
  readonly request: SipRequest;
  readonly source: Pick<RequestSource, 'protocol' | 'address'>;
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
/** Of a name or address, what tells phones apart. */
const MOST_CHARACTERS = 120;
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

  /** The phone answers what it was asked with: it has not given up. */
  answered(asking: Asking): void {
    this.givenUp.answered(() => nameOfPhone(asking));
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
    const phone = nameOfPhone(asking);
    if (this.givenUp.has(phone)) return true;
    if (stale || isAnswer(request) || !this.givenUp.isGivenUp(phone, hashBranch(request))) return false;
    const about = { address: source.address, userAgent: request.glance('User-Agent'), method: request.method };
    this.logger.info(about, 'A phone gave up at two challenges: MD5 alone from now on');
    return true;
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

/** Credentials of an algorithm that was not asked for, or of another realm: it does not give up either. */
function isAnswer(request: SipRequest): boolean {
  return request.has('Authorization') || request.has('Proxy-Authorization');
}

/** The user it speaks for, where it is, and what it calls itself: nothing of it is proven. */
function nameOfPhone({ request, source }: Asking): string {
  const user = request.method === 'REGISTER' ? request.to?.uri : request.from?.uri;
  const userAgent = request.glance('User-Agent') ?? '';
  return ownText(`${clip(user ?? '')} ${source.address} ${clip(userAgent)}`);
}

const clip = (text: string): string => (text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text);
