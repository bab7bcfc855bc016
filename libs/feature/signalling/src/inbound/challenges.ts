import { randomBytes } from 'node:crypto';
import type { SipRequest } from '@carillon/sip-message';
import { DigestAuthenticator, type RequestSource } from '@carillon/sip-stack';

/**
 * Phones that give up when SHA-256 is offered beside MD5, where RFC 8760 §2.3 lets them pick what they know.
 * baresip before 3.0 stops with "Function not implemented".
 */
const MD5_ONLY: readonly RegExp[] = [/^baresip v?[012]\./i];
/** Phones that are known to take SHA-256 from the top of the list. */
const STRONG_FIRST: readonly RegExp[] = [/linphone/i, /^baresip v?([3-9]|\d\d)\./i];

/** Where a request came from, and what it is. */
interface Asking {
  readonly request: SipRequest;
  readonly source: Pick<RequestSource, 'protocol'>;
}
type Offer = 'strong-first' | 'old-first' | 'md5-only';

/**
 * Challenges that the asking phone can take, and the check of its credentials. The order of preference of RFC 8760 §2.3
 * (strongest first) is for those who follow it: most phones and tools look at the first challenge only and know MD5.
 */
export class Challenges {
  private readonly secret = randomBytes(32);
  /** Checks what comes, whatever was offered: all seal their nonces with one secret. */
  private readonly checking = new DigestAuthenticator({ secret: this.secret });
  private readonly offers: Readonly<Record<Offer, DigestAuthenticator>> = {
    'strong-first': new DigestAuthenticator({ secret: this.secret, algorithms: ['SHA-256', 'MD5'] }),
    'old-first': new DigestAuthenticator({ secret: this.secret, algorithms: ['MD5', 'SHA-256'] }),
    'md5-only': new DigestAuthenticator({ secret: this.secret, algorithms: ['MD5'] }),
  };

  /** Values for WWW-Authenticate, one line each. */
  challenge(asking: Asking, realm: string, options: { stale: boolean }): string[] {
    return this.offers[offerFor(asking)].challenge(realm, options);
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

function offerFor({ request, source }: Asking): Offer {
  // The libraries for browsers know MD5 alone, whatever name they go by: SIP.js reads the first challenge, JsSIP the last.
  if (source.protocol === 'ws') return 'md5-only';
  const userAgent = request.header('User-Agent') ?? '';
  if (MD5_ONLY.some((pattern) => pattern.test(userAgent))) return 'md5-only';
  return STRONG_FIRST.some((pattern) => pattern.test(userAgent)) ? 'strong-first' : 'old-first';
}
