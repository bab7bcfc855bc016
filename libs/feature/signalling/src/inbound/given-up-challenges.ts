import type { LearntPhone as ShownPhone } from '@carillon/contracts';
import type { OrganisationId } from '@carillon/domain';
import type { DigestAlgorithm } from '@carillon/sip-message';
import type { Clock } from '@carillon/service-runtime';
import { systemRandom, type Random } from '@carillon/sip-stack';
import { hashBranch } from '../registrar/match-refresh.js';
import { keyOfPhone, partsOfPhone, textOfPhone, type Asking, type KeyBasis } from './asking-phone.js';
import { isAskedAlone, ownedBy, shownOf, type LearntPhone, type Owner } from './learnt-phone.js';
import { RecentKeys } from './recent-keys.js';
import { firstUnanswered, isGivingUp, nextUnanswered, type UnansweredChallenge } from './unanswered-challenge.js';

/** What a phone has shown holds for as long as it shows it again within this. */
const HOLDS_MS = 7 * 24 * 3600_000;
/** Phones that have not answered yet, and phones that were learnt of, at most. */
const MAX_PHONES = 20_000;
/** Phones remembered at most that have answered where both were offered. */
const MAX_ABLE = 250_000;
/** Other processes are told of so many in this time; of what is beyond they learn themselves. */
const MAX_TOLD = 100;
const TOLD_MS = 60_000;

/** What comes after credentials. */
export interface Answer {
  readonly algorithm: DigestAlgorithm;
  /** The password was right; a wrong one can be anybody's. */
  readonly isRight: boolean;
  /** Whose it was, where it was right. */
  readonly owner?: Owner | undefined;
}

/** `one-from-now-on`: it has just been learnt. */
export type Offer = 'both' | 'one' | 'one-from-now-on';

/**
 * Phones that give up where a challenge of another algorithm stands beside MD5, which they have to ignore (RFC 8760 §2.4).
 * One that was asked so, did not answer, and comes again with nothing, is asked by MD5 alone. What it is asked by comes of
 * its own requests alone, never of the directory: who asks for users that do not exist sees the same.
 *
 * ```text
 * asked by both ──► open ──(2nd or 3rd request without credentials, 5 s … 2 h later)──► learnt
 *                    ├──(credentials, but wrong)──► forgotten                           │ │
 *                    └──(right credentials)──► able: asked by both from now on ◄────────┘ │ right, but not by MD5
 *                                                     learnt for longer ◄─────────────────┘ right, by MD5 alone
 * ```
 *
 * Who sends such requests in another's name would lock out a phone without MD5: one that leaves MD5 alone unanswered, too,
 * is asked by both now and then.
 */
export class GivenUpChallenges {
  private readonly open = new RecentKeys<UnansweredChallenge, number>(MAX_PHONES);
  private readonly learnt = new RecentKeys<LearntPhone, number>(MAX_PHONES);
  /** Value: until when. */
  private readonly able = new RecentKeys<number, number>(MAX_ABLE);
  private readonly basis: KeyBasis;
  private readonly told = { since: -Infinity, count: 0 };
  private learntHere = 0;

  /** @param tell what the other processes of signalling should know, too */
  constructor(
    private readonly clock: Clock,
    private readonly tell: (what: 'gave-up' | 'forgotten-phone', phone: string) => void = () => undefined,
    random: Random = systemRandom,
  ) {
    const bytes = Buffer.from(random.bytes(8));
    this.basis = [bytes.readInt32LE(0), bytes.readInt32LE(4)];
  }

  /** Phones learnt of since the start, in this process. */
  get total(): number {
    return this.learntHere;
  }

  /** Whether this phone is known to take one challenge alone. It brings credentials: nothing is learnt of it. */
  has(phone: Asking): boolean {
    return this.learnt.size > 0 && this.learntOf(this.keyOf(phone)) !== undefined;
  }

  /** What a phone without credentials is asked by. */
  offerFor(phone: Asking): Offer {
    const key = this.keyOf(phone);
    const now = this.clock.now();
    const branchHash = hashBranch(phone.request);
    const learnt = this.learntOf(key);
    if (learnt !== undefined) {
      learnt.unanswered = nextUnanswered(learnt.unanswered, branchHash, now);
      return isAskedAlone(learnt) ? 'one' : 'both';
    }
    if ((this.able.get(key) ?? 0) > now) return 'both';
    const unanswered = nextUnanswered(this.open.get(key), branchHash, now);
    if (!isGivingUp(unanswered, phone.source.protocol)) {
      this.open.set(key, unanswered);
      return 'both';
    }
    this.open.delete(key);
    this.learnt.set(key, {
      ...{ since: now, until: now + HOLDS_MS, proven: false, owner: undefined },
      unanswered: firstUnanswered(branchHash, now),
    });
    this.learntHere += 1;
    this.tellOf(phone, now);
    return 'one-from-now-on';
  }

  /** It has answered a challenge: the first time that it uses a nonce. */
  answered(phone: Asking, { algorithm, isRight, owner }: Answer): void {
    const isStrong = algorithm !== 'MD5';
    const key = this.keyOf(phone);
    // Wrong or right: it has not given up.
    const wasOpen = this.open.size > 0 && this.open.get(key) !== undefined;
    if (wasOpen) this.open.delete(key);
    if (!isRight) return;
    const now = this.clock.now();
    const learnt = this.learntOf(key);
    if (learnt !== undefined && !isStrong && isAskedAlone(learnt)) {
      learnt.until = now + HOLDS_MS;
      learnt.proven = true;
      if (owner !== undefined && learnt.owner?.deviceId !== owner.deviceId) learnt.owner = ownedBy(owner, phone);
      learnt.unanswered = undefined;
      return;
    }
    // It takes both, though it seemed not to.
    if (learnt !== undefined) this.learnt.delete(key);
    // Of a phone whose profile says how it is asked, an answer by MD5 shows nothing.
    if (isStrong || wasOpen || this.able.get(key) !== undefined) this.able.set(key, now + HOLDS_MS);
  }

  /** What another process has seen. */
  learn(phone: string): void {
    const key = keyOfPhone([phone], this.basis);
    const now = this.clock.now();
    if ((this.able.get(key) ?? 0) > now || this.learntOf(key) !== undefined) return;
    this.learnt.set(key, { since: now, until: now + HOLDS_MS, proven: false, owner: undefined, unanswered: undefined });
  }

  /** What another process was told to forget. */
  unlearn(phone: string): void {
    this.learnt.delete(keyOfPhone([phone], this.basis));
  }

  /** Devices of an organisation that are asked by MD5 alone and have answered so. */
  list(organisationId: OrganisationId): ShownPhone[] {
    const now = this.clock.now();
    const phones: ShownPhone[] = [];
    for (const [, learnt] of this.learnt.entries()) {
      const { owner, until } = learnt;
      if (owner?.organisationId === organisationId && until > now) phones.push(shownOf(owner, learnt));
    }
    return phones;
  }

  /** What was learnt of a device, wherever it was. */
  forget({ organisationId, deviceId }: Owner): void {
    for (const [key, { owner }] of [...this.learnt.entries()]) {
      if (owner?.deviceId !== deviceId || owner.organisationId !== organisationId) continue;
      this.learnt.delete(key);
      this.tell('forgotten-phone', owner.phone);
    }
  }

  private keyOf(phone: Asking): number {
    return keyOfPhone(partsOfPhone(phone), this.basis);
  }

  private learntOf(key: number): LearntPhone | undefined {
    const learnt = this.learnt.size === 0 ? undefined : this.learnt.get(key);
    return learnt !== undefined && learnt.until > this.clock.now() ? learnt : undefined;
  }

  private tellOf(phone: Asking, now: number): void {
    if (now - this.told.since >= TOLD_MS) {
      this.told.since = now;
      this.told.count = 0;
    }
    if (this.told.count >= MAX_TOLD) return;
    this.told.count += 1;
    this.tell('gave-up', textOfPhone(phone));
  }
}
