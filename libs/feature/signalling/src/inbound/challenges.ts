import { randomBytes } from 'node:crypto';
import type { SipRequest } from '@carillon/sip-message';
import { profileOf, type DeviceProfile, type DeviceQuirks } from '@carillon/domain';
import { DigestAuthenticator, type RequestSource } from '@carillon/sip-stack';

/** Where a request came from, and what it is. */
interface Asking {
  readonly request: SipRequest;
  readonly source: Pick<RequestSource, 'protocol'>;
}

/**
 * Challenges that the asking phone can take, and the check of its credentials. The order of preference of RFC 8760 §2.3
 * (strongest first) is for those who follow it: most phones and tools look at the first challenge only and know MD5.
 */
export class Challenges {
  private readonly secret = randomBytes(32);
  /** Checks what comes, whatever was offered: all seal their nonces with one secret. */
  private readonly checking = new DigestAuthenticator({ secret: this.secret });
  private readonly offers: Readonly<Record<DeviceQuirks['digest'], DigestAuthenticator>> = {
    'sha256-first': new DigestAuthenticator({ secret: this.secret, algorithms: ['SHA-256', 'MD5'] }),
    'md5-first': new DigestAuthenticator({ secret: this.secret, algorithms: ['MD5', 'SHA-256'] }),
    'md5-only': new DigestAuthenticator({ secret: this.secret, algorithms: ['MD5'] }),
  };

  /** Values for WWW-Authenticate, one line each. @param options `profiles`: the organisation's own for its phones */
  challenge(
    { request, source }: Asking,
    realm: string,
    { stale, profiles }: { readonly stale: boolean; readonly profiles: readonly DeviceProfile[] },
  ): string[] {
    const phone = { userAgent: request.header('User-Agent') ?? null, protocol: source.protocol };
    return this.offers[profileOf(phone, profiles).quirks.digest].challenge(realm, { stale });
  }

  /** @param header where the credentials are: a proxy's are in their own (RFC 3261 §22.3) */
  inspect(
    request: SipRequest,
    realm: string,
    header?: 'Authorization' | 'Proxy-Authorization',
  ): ReturnType<DigestAuthenticator['inspect']> {
    return this.checking.inspect(request, realm, header);
  }
}
