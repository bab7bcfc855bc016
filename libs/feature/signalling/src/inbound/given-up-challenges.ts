import type { Clock } from '@carillon/service-runtime';
import { RecentKeys } from './recent-keys.js';

/** A phone that has its password at hand answers within this; one that starts is asked about several requests at once. */
const ANSWERS_WITHIN_MS = 2_000;
/** A challenge this long ago says nothing about the request that comes now. */
const FORGOTTEN_MS = 2 * 3600_000;
/** What was learnt holds for as long as the phone comes back within this. */
const LEARNT_MS = 7 * 24 * 3600_000;
/** Phones that have not answered yet, and phones that were learnt of, at most. */
const MAX_PHONES = 20_000;

/** A challenge of two algorithms that nobody has answered. */
interface Open {
  readonly since: number;
  /** Of its request: the same one again is a retransmission. */
  readonly branchHash: number;
}

/**
 * Phones that give up where a challenge of another algorithm stands beside MD5, which they have to ignore (RFC 8760 §2.4).
 * One that was asked so, did not answer, and comes again with nothing, is asked by MD5 alone from then on. What is known
 * comes of requests alone, never of the directory: who asks for users that do not exist sees the same.
 *
 * ```text
 * challenged ──► open ──(a new request without credentials, 2 s … 2 h later)──► learnt
 *                 └──(credentials, right or wrong)──► forgotten
 * ```
 */
export class GivenUpChallenges {
  private readonly open = new RecentKeys<Open>(MAX_PHONES);
  /** Value: until when. */
  private readonly learnt = new RecentKeys<number>(MAX_PHONES);

  /** @param tell what the other processes of signalling should know, too */
  constructor(
    private readonly clock: Clock,
    private readonly tell: (phone: string) => void = () => undefined,
  ) {}

  /** Whether this phone is known to take one challenge alone. */
  has(phone: string): boolean {
    if (this.learnt.size === 0) return false;
    const now = this.clock.now();
    const until = this.learnt.get(phone) ?? 0;
    if (until <= now) return false;
    this.learnt.set(phone, now + LEARNT_MS);
    return true;
  }

  /**
   * It comes without credentials, and is not known yet.
   * @returns whether it is the phone's second try: it has given up on what it was asked
   */
  isGivenUp(phone: string, branchHash: number): boolean {
    const now = this.clock.now();
    const before = this.open.get(phone);
    const age = before === undefined ? Infinity : now - before.since;
    if (before === undefined || age > FORGOTTEN_MS) {
      this.open.set(phone, { since: now, branchHash });
      return false;
    }
    if (age < ANSWERS_WITHIN_MS || before.branchHash === branchHash) return false;
    this.open.delete(phone);
    this.learn(phone);
    this.tell(phone);
    return true;
  }

  /** It has answered a challenge, rightly or not: whatever it was asked with, it understands. */
  answered(phone: () => string): void {
    if (this.open.size > 0) this.open.delete(phone());
  }

  /** What another process has seen. */
  learn(phone: string): void {
    this.learnt.set(phone, this.clock.now() + LEARNT_MS);
  }
}
