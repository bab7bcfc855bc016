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
  response(credentials: DigestCredentials, request: SipRequest, ha1: string): string {
    const { algorithm, nonce, uri, qop, cnonce, nc, session } = credentials;
    const { method } = request;
    // A body costs a view of the message's octets, and nearly nobody has it covered.
    const isCovered = qop === 'auth-int';
    const body = isCovered ? request.body : undefined;
    const ha2 = isCovered ? undefined : this.ha2Of(algorithm, method, uri);
    // Named one by one: spreading an object into another takes V8 longer than the hash.
    return digestResponse({ algorithm, ha1, nonce, method, uri, qop, cnonce, nc, session, body, ha2 });
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
