import {
  NONCE_SALT_BYTES,
  buildDigestChallenge,
  buildNonce,
  digestHa1,
  digestMatches,
  nonceAge,
  parseAuthentication,
  parseDigestCredentials,
  parseUri,
} from '@carillon/sip-message';
import type { DigestAlgorithm, DigestCredentials, SipRequest } from '@carillon/sip-message';
import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';
import type { Random } from '../random.js';
import { systemRandom } from '../random.js';
import { NonceCounts } from './nonce-counts.js';

export interface DigestAuthenticatorOptions {
  /** Key of the nonces' seal; a fresh one when left out. Share it between processes that serve one realm. */
  secret?: Uint8Array;
  /** Offered in this order, one challenge header each. Default SHA-256, then MD5 for old phones. */
  algorithms?: readonly DigestAlgorithm[];
  nonceLifetimeSeconds?: number;
  /** Most nonces whose counts are remembered; beyond it the oldest are forgotten first. */
  maxTrackedNonces?: number;
  /**
   * Refuses credentials whose uri names another resource than the Request-URI (RFC 7616 §3.4.6). Off by default: SIPp
   * and some phones write their proxy's address there, and each nonce count counts only once anyway.
   */
  sameUri?: boolean;
  clock?: Clock;
  random?: Random;
}

/** What a user may be checked against. */
export type DigestSecret =
  { readonly password: string } | { readonly ha1: Readonly<Partial<Record<DigestAlgorithm, string>>> };

export type DigestVerdict =
  | 'ok'
  /** Wrong password or unknown algorithm for this user. */
  | 'wrong'
  /** Right password, but this nonce count was used already: challenge again with stale. */
  | 'replayed';

export type DigestAttempt =
  /** No credentials for this realm: challenge. */
  | { readonly kind: 'none' }
  /** Credentials that cannot be read: 400. */
  | { readonly kind: 'malformed' }
  /** Our nonce, but too old, or not ours (a restart): challenge with stale. */
  | { readonly kind: 'stale'; readonly username: string }
  | {
      readonly kind: 'credentials';
      readonly username: string;
      readonly algorithm: DigestAlgorithm;
      /** Unknown user: pass undefined, which costs the same time and says `wrong`. */
      verify(secret: DigestSecret | undefined): DigestVerdict;
    };

/** Challenges and checks requests by Digest (RFC 7616, RFC 8760). Nonces are stateless; only counts of used ones are kept. */
export class DigestAuthenticator {
  private readonly secret: Uint8Array;
  private readonly algorithms: readonly DigestAlgorithm[];
  private readonly lifetimeSeconds: number;
  private readonly sameUri: boolean;
  private readonly counts: NonceCounts;
  private readonly clock: Clock;
  private readonly random: Random;

  constructor(options: DigestAuthenticatorOptions = {}) {
    this.random = options.random ?? systemRandom;
    this.clock = options.clock ?? systemClock;
    this.secret = options.secret ?? this.random.bytes(32);
    this.algorithms = options.algorithms ?? ['SHA-256', 'MD5'];
    this.lifetimeSeconds = options.nonceLifetimeSeconds ?? 300;
    this.sameUri = options.sameUri ?? false;
    this.counts = new NonceCounts(options.maxTrackedNonces ?? 100_000);
  }

  /** Values for WWW-Authenticate (401) or Proxy-Authenticate (407), one line each. */
  challenge(realm: string, options: { stale?: boolean } = {}): string[] {
    const salt = this.random.bytes(NONCE_SALT_BYTES);
    const nonce = buildNonce({ secret: this.secret, realm, nowSeconds: this.nowSeconds(), salt });
    return this.algorithms.map((algorithm) =>
      buildDigestChallenge({ realm, nonce, algorithm, stale: options.stale ?? false }),
    );
  }

  /** Reads the credentials for a realm; the user's secret is asked for afterwards, so the caller may look it up. */
  inspect(
    request: SipRequest,
    realm: string,
    header: 'Authorization' | 'Proxy-Authorization' = 'Authorization',
  ): DigestAttempt {
    const text = request.headers(header).find((value) => {
      const parsed = parseAuthentication(value);
      return parsed === undefined || (parsed.scheme === 'digest' && parsed.parameters.get('realm') === realm);
    });
    if (text === undefined) return { kind: 'none' };
    const credentials = parseDigestCredentials(text);
    if (credentials === undefined) return { kind: 'malformed' };
    if (this.sameUri && !sameResource(credentials.uri, request)) return { kind: 'malformed' };
    const { username, algorithm } = credentials;
    if (!this.algorithms.includes(algorithm)) return { kind: 'none' };
    const age = nonceAge(credentials.nonce, { secret: this.secret, realm, nowSeconds: this.nowSeconds() });
    if (age === undefined || age < 0 || age > this.lifetimeSeconds) return { kind: 'stale', username };
    const { method } = request;
    return { kind: 'credentials', username, algorithm, verify: (secret) => this.verify(credentials, method, secret) };
  }

  private verify(credentials: DigestCredentials, method: string, secret: DigestSecret | undefined): DigestVerdict {
    const { algorithm, username, realm } = credentials;
    const password = secret !== undefined && 'password' in secret ? secret.password : '';
    const ha1 =
      secret !== undefined && 'ha1' in secret ? secret.ha1[algorithm] : digestHa1(algorithm, username, realm, password);
    const matches = digestMatches(credentials, method, ha1 ?? '');
    if (!matches || secret === undefined || ha1 === undefined) return 'wrong';
    // Only a right password may move the count, or a stranger could use up someone's nonce.
    const count = credentials.nc === undefined ? 1 : Number.parseInt(credentials.nc, 16);
    return this.counts.use(credentials.nonce, count, this.clock.now() + this.lifetimeSeconds * 1000, this.clock.now())
      ? 'ok'
      : 'replayed';
  }

  private nowSeconds(): number {
    return this.clock.now() / 1000;
  }
}

/**
 * The uri parameter must be the Request-URI (RFC 7616 §3.4.6). Phones differ in parameters and ports they write,
 * so the host and user are compared, which keeps credentials from being used for another resource.
 */
function sameResource(text: string, request: SipRequest): boolean {
  if (text === request.uriText) return true;
  const uri = parseUri(text);
  const target = request.uri;
  if (uri === undefined || target === undefined) return false;
  if ((uri.scheme === 'sip' || uri.scheme === 'sips') && (target.scheme === 'sip' || target.scheme === 'sips')) {
    return uri.host === target.host && (uri.user ?? '') === (target.user ?? '');
  }
  return false;
}
