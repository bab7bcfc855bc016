import {
  buildDigestCredentials,
  digestHa1,
  digestRspauth,
  parseAuthenticationInfo,
  parseDigestChallenge,
  parseDigestCredentials,
  sameDigest,
} from '@carillon/sip-message';
import type { AuthenticationInfo, DigestChallenge, HeaderLine, SipResponse } from '@carillon/sip-message';
import type { ChallengedRealm, Credentials } from '../api/credentials.js';
import type { ProtectionSpace, ProtectionSpaces } from './protection-spaces.js';

/** Most 401 and 407 that one request answers: one for each proxy on a long way, and stale nonces. */
const MAX_ROUNDS = 8;
/** Challenge lines looked at in one response. */
const MAX_CHALLENGES = 16;

interface RealmChallenge {
  readonly key: string;
  readonly realm: string;
  readonly proxy: boolean;
  /** In the server's order of preference (RFC 8760 §2.4). */
  readonly offers: readonly DigestChallenge[];
}

/**
 * The credentials of one request, from its first sending to the answer that counts (RFC 3261 §22.2, §22.3).
 *
 * ```text
 * sign → send → 401/407 → challenged ─ retry → sign → send …
 *                             └ not: unknown realm, wrong password, too many rounds
 * ```
 */
export class AuthorizedRequest {
  /** Authorization lines of the last sending; the ACK of an INVITE's 2xx repeats them (§22.1). */
  lines: readonly HeaderLine[] = [];
  private rounds = 0;
  /** Realms whose fresh challenge this request has answered, and how often that was called stale. */
  private answered: Map<string, { staleAnswers: number }> | undefined;

  constructor(readonly spaces: ProtectionSpaces) {}

  /** Authorization lines for the next sending: of all realms known by now. */
  sign(request: { method: string; uri: string; body?: string | Uint8Array | undefined }): readonly HeaderLine[] {
    const lines: HeaderLine[] = [];
    for (const [, space] of this.spaces.all()) {
      space.nonceCount += 1;
      const value = buildDigestCredentials({
        challenge: { ...space.challenge, nonce: space.nonce },
        username: space.credentials.username,
        ha1: space.ha1,
        method: request.method,
        uri: request.uri,
        cnonce: space.challenge.session ? space.cnonce : this.spaces.context.identifiers.cnonce(),
        body: request.body,
        nonceCount: space.nonceCount,
      });
      lines.push([space.proxy ? 'Proxy-Authorization' : 'Authorization', value]);
    }
    this.lines = lines;
    return lines;
  }

  /**
   * Takes a success: the nonce that the server wants next (RFC 7616 §3.5). Proof that it knows the secret is checked where it
   * is given; a wrong one says that somebody else answers, and is not followed.
   */
  accepted(response: SipResponse): void {
    if (this.lines.length === 0) return;
    for (const proxy of [false, true]) {
      const text = response.header(proxy ? 'Proxy-Authentication-Info' : 'Authentication-Info');
      const info = text === undefined ? undefined : parseAuthenticationInfo(text);
      const spaces = [...this.spaces.all()].filter(([, space]) => space.proxy === proxy);
      const space = spaces[0]?.[1];
      // The header names no realm: with several proxies nobody knows whose it is.
      if (info === undefined || space === undefined || spaces.length > 1) continue;
      if (!this.isProven(info, space, response)) {
        this.spaces.context.logger.warn({ realm: space.challenge.realm }, 'Authentication-Info is not by who knows us');
        continue;
      }
      // A `-sess` secret is bound to the nonce it began with.
      if (info.nextnonce !== undefined && info.nextnonce !== space.nonce && !space.challenge.session) {
        space.nonce = info.nextnonce;
        space.nonceCount = 0;
        space.cnonce = this.spaces.context.identifiers.cnonce();
      }
    }
  }

  private isProven(info: AuthenticationInfo, space: ProtectionSpace, response: SipResponse): boolean {
    if (info.rspauth === undefined) return true;
    const name = space.proxy ? 'Proxy-Authorization' : 'Authorization';
    const sent = this.lines.find(([header]) => header === name)?.[1];
    const credentials = sent === undefined ? undefined : parseDigestCredentials(sent);
    if (credentials === undefined || info.nc !== credentials.nc || info.cnonce !== credentials.cnonce) return false;
    return sameDigest(info.rspauth, digestRspauth(credentials, space.ha1, response.body));
  }

  /**
   * Takes a final response. `done` is called once, at once when the credentials are at hand, with true when the request
   * is worth sending again.
   */
  challenged(response: SipResponse, done: (retry: boolean) => void): void {
    if ((response.status !== 401 && response.status !== 407) || this.spaces.source === undefined) {
      done(false);
      return;
    }
    this.rounds += 1;
    const challenges = challengesOf(response);
    const open = challenges.filter((challenge) => this.mayAnswer(challenge));
    // A realm that has refused our fresh answer refuses the next one as well.
    if (this.rounds > MAX_ROUNDS || open.length === 0 || open.length < challenges.length) {
      for (const { key } of challenges) if (this.answered?.has(key) === true) this.spaces.forget(key);
      done(false);
      return;
    }
    this.answerAll(open, done);
  }

  private mayAnswer({ key, offers }: RealmChallenge): boolean {
    const before = this.answered?.get(key);
    if (before === undefined) return true;
    return offers.some(({ stale }) => stale) && before.staleAnswers === 0;
  }

  private answerAll(challenges: readonly RealmChallenge[], done: (retry: boolean) => void): void {
    const found = challenges.map((challenge) => this.credentialsFor(challenge));
    const settle = (credentials: readonly (Credentials | undefined)[]): void => {
      const accepted = challenges.map((challenge, index) => this.accept(challenge, credentials[index]));
      // RFC 3261 §22.3: answer what can be answered; a realm that stays open is asked for by the next response.
      done(accepted.includes(true));
    };
    const known = found.flatMap((one) => (one instanceof Promise ? [] : [one]));
    if (known.length === found.length) settle(known);
    else void this.lookUp(found).then(settle);
  }

  /** Never rejects: a look-up that fails has found nothing. */
  private async lookUp(
    found: readonly (Credentials | undefined | Promise<Credentials | undefined>)[],
  ): Promise<readonly (Credentials | undefined)[]> {
    try {
      return await Promise.all(found.map(async (one) => one));
    } catch (error) {
      this.sourceFailed(error);
      return [];
    }
  }

  private credentialsFor(challenge: RealmChallenge): Credentials | undefined | Promise<Credentials | undefined> {
    const { source } = this.spaces;
    if (typeof source !== 'function') return source;
    const { realm, proxy, offers } = challenge;
    const asked: ChallengedRealm = { realm, proxy, algorithms: offers.map(({ algorithm }) => algorithm) };
    try {
      return source(asked);
    } catch (error) {
      this.sourceFailed(error);
      return undefined;
    }
  }

  private sourceFailed(error: unknown): void {
    this.spaces.context.logger.error({ error: String(error) }, 'Credentials could not be looked up');
  }

  /** Takes the topmost offer that these credentials can answer (RFC 8760 §2.4). */
  private accept(asked: RealmChallenge, credentials: Credentials | undefined): boolean {
    if (credentials === undefined) return false;
    for (const challenge of asked.offers) {
      const ha1 = ha1For(challenge, credentials);
      if (ha1 === undefined) continue;
      const held = this.spaces.get(asked.key);
      const same = held?.nonce === challenge.nonce ? held : undefined;
      const { key, proxy } = asked;
      this.spaces.set(key, {
        proxy,
        challenge,
        credentials,
        ha1,
        nonce: challenge.nonce,
        nonceCount: same?.nonceCount ?? 0,
        cnonce: same?.cnonce ?? this.spaces.context.identifiers.cnonce(),
      });
      this.answered ??= new Map();
      const before = this.answered.get(key);
      this.answered.set(key, { staleAnswers: before === undefined ? 0 : before.staleAnswers + 1 });
      return true;
    }
    return false;
  }
}

function ha1For({ algorithm, realm }: DigestChallenge, credentials: Credentials): string | undefined {
  if (credentials.algorithms !== undefined && !credentials.algorithms.includes(algorithm)) return undefined;
  return 'password' in credentials
    ? digestHa1(algorithm, credentials.username, realm, credentials.password)
    : credentials.ha1[algorithm];
}

/** All challenges by realm. A forking proxy gathers those of its branches, both kinds at once (RFC 3261 §22.3). */
function challengesOf(response: SipResponse): RealmChallenge[] {
  const byKey = new Map<string, { key: string; realm: string; proxy: boolean; offers: DigestChallenge[] }>();
  const read = (header: string, proxy: boolean): void => {
    for (const text of response.headers(header).slice(0, MAX_CHALLENGES)) {
      const challenge = parseDigestChallenge(text);
      if (challenge === undefined) continue;
      const key = `${proxy ? 'proxy' : 'peer'} ${challenge.realm}`;
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, { key, realm: challenge.realm, proxy, offers: [challenge] });
      else known.offers.push(challenge);
    }
  };
  read('WWW-Authenticate', false);
  read('Proxy-Authenticate', true);
  return [...byKey.values()];
}
