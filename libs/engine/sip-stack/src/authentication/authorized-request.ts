import { buildDigestCredentials, digestHa1, parseDigestChallenge } from '@carillon/sip-message';
import type { DigestChallenge, HeaderLine, SipResponse } from '@carillon/sip-message';
import type { ChallengedRealm, Credentials } from '../api/credentials.js';
import type { ProtectionSpaces } from './protection-spaces.js';

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
  private readonly answered = new Map<string, { staleAnswers: number }>();

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
      for (const { key } of challenges) if (this.answered.has(key)) this.spaces.forget(key);
      done(false);
      return;
    }
    this.answerAll(open, done);
  }

  private mayAnswer({ key, offers }: RealmChallenge): boolean {
    const before = this.answered.get(key);
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
