import {
  buildAuthenticationInfo,
  buildDigestChallenge,
  digestHa1,
  digestRspauth,
  digestUserhash,
  parseAuthentication,
  parseDigestCredentials,
  parseDigestVariant,
  parseUri,
} from '@carillon/sip-message';
import type { DigestAlgorithm, DigestCredentials, DigestQop, SipRequest } from '@carillon/sip-message';
import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';
import type { Random } from '../random.js';
import { systemRandom } from '../random.js';
import { ExpectedDigests } from './expected-digests.js';
import { NonceCounts } from './nonce-counts.js';
import { NonceSheets } from './nonce-sheets.js';
import { sameText } from './same-text.js';

export interface DigestAuthenticatorOptions {
  /** Key of the nonces' seal; a fresh one when left out. Share it between processes that serve one realm. */
  secret?: Uint8Array;
  /** Offered in this order, one challenge header each. Default SHA-256, then MD5 for old phones. */
  algorithms?: readonly DigestAlgorithm[];
  /** Offered in this order; default `auth` alone. With `auth-int` the body is covered too (RFC 7616 §3.4.3). */
  qop?: readonly DigestQop[];
  /** A body must be covered: credentials of a request with one count only with `auth-int`. */
  requireIntegrity?: boolean;
  /** Sent along, and expected back unchanged from clients that return it. */
  opaque?: string;
  /** Asks clients to hash their user's name (RFC 7616 §3.4.4); find the user by {@link DigestAttempt} `isUser`. */
  userhash?: boolean;
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

/** Stands for the nonce while a challenge is prepared; looked for with the quotes around it, which a realm cannot hold. */
const NONCE_PLACE = '0-nonce-0';
/** RFC 7616 §3.4 */
const FIRST_USE = '00000001';
const MAX_REALMS = 1_000;
const MAX_OFFERS = 16;

/** What a user may be checked against. */
export type DigestSecret =
  /** `username` is needed where names come hashed. */
  | { readonly password: string; readonly username?: string }
  | { readonly ha1: Readonly<Partial<Record<DigestAlgorithm, string>>> };

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
      /** The hash of the name when `userhash` says so. */
      readonly username: string;
      readonly userhash: boolean;
      readonly algorithm: DigestAlgorithm;
      readonly qop: DigestQop | undefined;
      /** They answer a challenge; later requests count on from there. */
      readonly isFirstUse: boolean;
      /** Whether this name is meant, plain or hashed. */
      isUser(name: string): boolean;
      /** Unknown user: pass undefined, which costs the same time and says `wrong`. */
      verify(secret: DigestSecret | undefined): DigestVerdict;
      /**
       * Value of (Proxy-)Authentication-Info for the 2xx (RFC 7616 §3.5): proof that we know the secret, and a new nonce
       * once half the time of the old one is over. Undefined for clients of RFC 2069's time.
       */
      info(secret: DigestSecret, reply?: { body?: string | Uint8Array }): string | undefined;
    };

/** A challenge without its nonce. */
type Challenge = readonly [before: string, after: string];

/** Challenges and checks requests by Digest (RFC 7616, RFC 8760). Nonces are stateless; only counts of used ones are kept. */
export class DigestAuthenticator {
  private readonly nonces: NonceSheets;
  private readonly expected = new ExpectedDigests();
  private readonly algorithms: readonly DigestAlgorithm[];
  private readonly lifetimeSeconds: number;
  private readonly options: DigestAuthenticatorOptions;
  private readonly counts: NonceCounts;
  private readonly clock: Clock;
  /** By what is offered, then by realm. */
  private readonly challenges = new Map<readonly DigestAlgorithm[], Map<string, readonly Challenge[]>>();

  constructor(options: DigestAuthenticatorOptions = {}) {
    const random = options.random ?? systemRandom;
    this.clock = options.clock ?? systemClock;
    this.nonces = new NonceSheets(options.secret ?? random.bytes(32), random);
    this.algorithms = options.algorithms ?? ['SHA-256', 'MD5'];
    this.lifetimeSeconds = options.nonceLifetimeSeconds ?? 300;
    this.options = options;
    this.counts = new NonceCounts(options.maxTrackedNonces ?? 100_000);
  }

  /**
   * Values for WWW-Authenticate (401) or Proxy-Authenticate (407), one line each.
   * @param options `algorithms`: offered this time, in this order; pass the same array for the same offer
   */
  challenge(realm: string, options: { stale?: boolean; algorithms?: readonly DigestAlgorithm[] } = {}): string[] {
    const nonce = this.nonces.make(realm, this.nowSeconds());
    const prepared = this.challengesOf(realm, options.stale ?? false, options.algorithms ?? this.algorithms);
    return prepared.map(([before, after]) => before + nonce + after);
  }

  /** What comes before and behind the nonce: the rest of a challenge is the same for everybody. */
  private challengesOf(realm: string, stale: boolean, algorithms: readonly DigestAlgorithm[]): readonly Challenge[] {
    let ofOffer = this.challenges.get(algorithms);
    if (ofOffer === undefined) {
      if (this.challenges.size >= MAX_OFFERS) this.challenges.clear();
      this.challenges.set(algorithms, (ofOffer = new Map<string, readonly Challenge[]>()));
    }
    const key = stale ? `stale ${realm}` : realm;
    const known = ofOffer.get(key);
    if (known !== undefined) return known;
    const { qop, opaque, userhash } = this.options;
    const made = algorithms.map((algorithm): Challenge => {
      const common = { realm, nonce: NONCE_PLACE, opaque, stale, algorithm };
      const challenge = buildDigestChallenge({
        ...common,
        ...(qop === undefined ? {} : { qop }),
        ...(userhash === undefined ? {} : { userhash }),
      });
      const at = challenge.indexOf(`nonce="${NONCE_PLACE}"`) + 'nonce="'.length;
      return [challenge.slice(0, at), challenge.slice(at + NONCE_PLACE.length)];
    });
    // Realms are our own; a caller that makes them up does not fill the memory.
    if (ofOffer.size >= MAX_REALMS) ofOffer.clear();
    ofOffer.set(key, made);
    return made;
  }

  /** Reads the credentials for a realm; the user's secret is asked for afterwards, so the caller may look it up. */
  inspect(
    request: SipRequest,
    realm: string,
    header: 'Authorization' | 'Proxy-Authorization' = 'Authorization',
  ): DigestAttempt {
    const credentials = readCredentials(request, { realm, header, algorithms: this.algorithms });
    if (typeof credentials === 'string') return { kind: credentials };
    if (this.options.sameUri === true && !sameResource(credentials.uri, request)) return { kind: 'malformed' };
    const { username, qop } = credentials;
    if (!this.isStrongEnough(qop, request)) return { kind: 'none' };
    const { lifetimeSeconds } = this;
    const age = this.nonces.age(credentials.nonce, { realm, nowSeconds: this.nowSeconds(), lifetimeSeconds });
    const { opaque } = this.options;
    // Some phones leave it out, and some send an empty one where there was none.
    const strange = opaque !== undefined && (credentials.opaque ?? opaque) !== opaque;
    if (strange || age === undefined) return { kind: 'stale', username };
    return new ReadCredentials(this, credentials, { request, age });
  }

  /** Credentials that leave a body open do not count where it must be covered. */
  private isStrongEnough(qop: DigestQop | undefined, request: SipRequest): boolean {
    if (qop === 'auth-int' || this.options.requireIntegrity !== true) return true;
    return request.body.length === 0;
  }

  /** As {@link DigestAttempt} says. */
  info(
    credentials: DigestCredentials,
    age: number,
    of: { secret: DigestSecret; body: string | Uint8Array | undefined },
  ): string | undefined {
    const { qop, cnonce, nc, realm } = credentials;
    const ha1 = ha1Of(credentials, of.secret);
    if (qop === undefined || ha1 === undefined) return undefined;
    return buildAuthenticationInfo({
      nextnonce: age > this.lifetimeSeconds / 2 ? this.nonces.make(realm, this.nowSeconds()) : undefined,
      qop,
      rspauth: digestRspauth(credentials, ha1, of.body),
      cnonce,
      nc,
    });
  }

  /** As {@link DigestAttempt} says. */
  verify(
    credentials: DigestCredentials,
    { request, age }: CredentialsFacts,
    secret: DigestSecret | undefined,
  ): DigestVerdict {
    const ha1 = ha1Of(credentials, secret ?? { password: '' });
    const matches = sameText(credentials.response, this.expected.response(credentials, request, ha1 ?? ''));
    if (!matches || secret === undefined || ha1 === undefined) return 'wrong';
    // Only a right password may move the count, or a stranger could use up someone's nonce.
    const count = isFirstUse(credentials) ? 1 : Number.parseInt(credentials.nc ?? '', 16);
    const now = this.clock.now();
    // Of the second that it was made in, the beginning.
    const madeAt = (Math.floor(now / 1000) - age) * 1000;
    const expiresAt = madeAt + (this.lifetimeSeconds + 1) * 1000;
    return this.counts.use(credentials.nonce, count, { madeAt, expiresAt, now }) ? 'ok' : 'replayed';
  }

  private nowSeconds(): number {
    return this.clock.now() / 1000;
  }
}

/** The request that they came with, and the age of their nonce in seconds. */
interface CredentialsFacts {
  readonly request: SipRequest;
  readonly age: number;
}

/** Credentials for one of our nonces. */
class ReadCredentials {
  readonly kind = 'credentials';

  constructor(
    private readonly authenticator: DigestAuthenticator,
    private readonly credentials: DigestCredentials,
    private readonly read: CredentialsFacts,
  ) {}

  get username(): string {
    return this.credentials.username;
  }

  get userhash(): boolean {
    return this.credentials.userhash;
  }

  get algorithm(): DigestAlgorithm {
    return this.credentials.algorithm;
  }

  get qop(): DigestQop | undefined {
    return this.credentials.qop;
  }

  get isFirstUse(): boolean {
    return isFirstUse(this.credentials);
  }

  isUser(name: string): boolean {
    const { algorithm, username, userhash, realm } = this.credentials;
    return username === (userhash ? digestUserhash(algorithm, name, realm) : name);
  }

  verify(secret: DigestSecret | undefined): DigestVerdict {
    return this.authenticator.verify(this.credentials, this.read, secret);
  }

  info(secret: DigestSecret, reply?: { body?: string | Uint8Array }): string | undefined {
    return this.authenticator.info(this.credentials, this.read.age, { secret, body: reply?.body });
  }
}

/** Clients of RFC 2069's time do not count. */
function isFirstUse({ nc }: DigestCredentials): boolean {
  return nc === undefined || nc === FIRST_USE;
}

interface WantedCredentials {
  readonly realm: string;
  readonly header: 'Authorization' | 'Proxy-Authorization';
  readonly algorithms: readonly DigestAlgorithm[];
}

/**
 * The first credentials that are for this realm, or cannot be told. Those of an algorithm that is not asked for are as good as
 * none: their sender is challenged (RFC 8760 §2.3).
 */
function readCredentials(
  request: SipRequest,
  { realm, header, algorithms }: WantedCredentials,
): DigestCredentials | 'none' | 'malformed' {
  const first = request.glance(header);
  if (first === undefined) return 'none';
  // What is read of it is compared and let go.
  for (const text of request.count(header) === 1 ? [first] : request.headers(header)) {
    const credentials = parseDigestCredentials(text);
    if (credentials !== undefined) {
      if (credentials.realm === realm && algorithms.includes(credentials.algorithm)) return credentials;
    } else {
      const parsed = parseAuthentication(text);
      if (parsed === undefined) return 'malformed';
      const { scheme, parameters } = parsed;
      if (scheme !== 'digest' || parameters.get('realm') !== realm) continue;
      if (parseDigestVariant(parameters.get('algorithm')) !== undefined) return 'malformed';
    }
  }
  return 'none';
}

/** A hashed name cannot make an A1: its user's HA1 is needed, or the name that goes with the password. */
function ha1Of({ algorithm, username, realm }: DigestCredentials, secret: DigestSecret): string | undefined {
  if ('ha1' in secret) return secret.ha1[algorithm];
  return digestHa1(algorithm, secret.username ?? username, realm, secret.password);
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
