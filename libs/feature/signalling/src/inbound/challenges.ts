import type { DigestPolicy } from '@carillon/contracts';
import type { DigestAlgorithm, SipRequest } from '@carillon/sip-message';
import { profileOf, type DeviceProfile, type DeviceQuirks } from '@carillon/domain';
import { DigestAuthenticator, type RequestSource } from '@carillon/sip-stack';

/** Where a request came from, and what it is. */
interface Asking {
  readonly request: SipRequest;
  readonly source: Pick<RequestSource, 'protocol'>;
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
/** Where the organisation wants no MD5, whatever a phone's profile says. */
const STRONG_OFFER: readonly DigestAlgorithm[] = ['SHA-256'];

/**
 * Challenges that the asking phone can take, and the check of its credentials. The order of preference of RFC 8760 §2.3
 * (strongest first) is for those who follow it: most phones and tools look at the first challenge only and know MD5.
 */
export class Challenges {
  /** @param authenticator takes what comes, whatever was offered */
  constructor(private readonly authenticator = new DigestAuthenticator()) {}

  /** Values for WWW-Authenticate, one line each. @param options the organisation's own: profiles of its phones, its policy */
  challenge({ request, source }: Asking, realm: string, { stale, profiles, policy }: ChallengeOptions): string[] {
    const phone = { userAgent: request.glance('User-Agent') ?? null, protocol: source.protocol };
    const algorithms = policy === 'sha256-only' ? STRONG_OFFER : OFFERS[profileOf(phone, profiles).quirks.digest];
    return this.authenticator.challenge(realm, { stale, algorithms });
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
