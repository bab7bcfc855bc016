import { digestHa2, digestResponse } from '@carillon/sip-message';
import type { DigestAlgorithm, DigestCredentials, SipRequest } from '@carillon/sip-message';

/** Methods and URIs whose hash is at hand. */
const MAX_HASHES = 512;

/**
 * What the response in credentials has to be (RFC 7616 §3.4.1). H(A2) is kept for a while: all phones of an organisation
 * REGISTER with the same URI.
 */
export class ExpectedDigests {
  private readonly hashes: Readonly<Record<DigestAlgorithm, Map<string, string>>> = {
    MD5: new Map(),
    'SHA-256': new Map(),
    'SHA-512-256': new Map(),
  };

  /** @returns lower-case hexadecimal */
  response(credentials: DigestCredentials, { method, body }: SipRequest, ha1: string): string {
    const { algorithm, qop, uri } = credentials;
    const ha2 = qop === 'auth-int' ? undefined : this.ha2Of(algorithm, method, uri);
    return digestResponse({ ...credentials, ha1, method, body, ha2 });
  }

  private ha2Of(algorithm: DigestAlgorithm, method: string, uri: string): string {
    const hashes = this.hashes[algorithm];
    const content = `${method}:${uri}`;
    const known = hashes.get(content);
    if (known !== undefined) return known;
    const made = digestHa2(algorithm, method, uri);
    if (hashes.size >= MAX_HASHES) hashes.clear();
    hashes.set(content, made);
    return made;
  }
}
