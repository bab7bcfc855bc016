import type { HeaderLine } from '@carillon/sip-message';
import type { TimerHandle } from '../clock.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import type { Negotiation } from './negotiation.js';

/** A provisional response as it is asked for. */
export interface Provisional {
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: readonly HeaderLine[];
  readonly sdp: string | undefined;
}

/** Whose INVITE it is. */
export interface ReliableProgressUser {
  readonly core: Core;
  readonly negotiation: Negotiation;
  /** This one, until it is over. */
  reliable: ReliableProgress | undefined;
  /** No PRACK came within 64*T1: the INVITE is to be refused with 5xx (RFC 3262 §3). */
  prackMissing(transaction: ServerTransaction): void;
}

/** Most responses that wait for a PRACK of an earlier one; more are dropped. */
const MAX_QUEUE = 8;
/** RSeq starts in 1 to 2^31-1 (§3). */
const RSEQ_RANGE = 2 ** 31 - 1;

/**
 * Provisional responses to one INVITE that are repeated until their PRACK (RFC 3262 §3), one at a time.
 *
 * ```text
 * idle --send--> waiting --PRACK--> idle | waiting (next of the queue)
 *                   | T1, 2*T1, 4*T1 …: again    | send: queue
 *                   `--64*T1--> missing          `--stop (final response): no more repeats, PRACK still matches
 * ```
 */
export class ReliableProgress {
  private rseq = 0;
  private waiting: { bytes: Buffer; status: number; withSdp: boolean } | undefined;
  private queue: Provisional[] = [];
  private whenFree: (() => void) | undefined;
  private interval = 0;
  private end = 0;
  private timer: TimerHandle | undefined;
  private stopped = false;

  constructor(
    private readonly user: ReliableProgressUser,
    readonly transaction: ServerTransaction,
  ) {}

  /** A response with SDP has no PRACK yet: a 2xx must wait (§3). */
  get holdsSuccess(): boolean {
    return this.waiting?.withSdp === true;
  }

  send(provisional: Provisional): 'reliable' | 'queued' | 'ignored' {
    if (this.stopped) return 'ignored';
    if (this.waiting === undefined) {
      this.begin(provisional);
      return 'reliable';
    }
    if (this.queue.length >= MAX_QUEUE) return 'ignored';
    this.queue.push(provisional);
    return 'queued';
  }

  /** Whether a PRACK's RAck names the response that waits. */
  matches(rack: { rseq: number; sequence: number; method: string }): boolean {
    const { cseq } = this.transaction.request;
    return (
      this.waiting !== undefined &&
      rack.rseq === this.rseq &&
      rack.sequence === cseq?.sequence &&
      rack.method === 'INVITE'
    );
  }

  /** The PRACK has its 2xx. */
  acknowledged(): void {
    this.waiting = undefined;
    this.stopTimer();
    const then = this.whenFree;
    this.whenFree = undefined;
    if (this.stopped) this.release();
    else if (then !== undefined) {
      this.stop();
      then();
    } else {
      const next = this.queue.shift();
      if (next !== undefined) this.begin(next);
    }
  }

  /** Runs a 2xx once nothing with SDP waits. What is queued is overtaken by it. */
  whenSuccessMayGo(then: () => void): void {
    this.queue = [];
    if (this.holdsSuccess) this.whenFree = then;
    else {
      this.stop();
      then();
    }
  }

  /** A final response went out: no repeats, but a PRACK on its way still matches (§3). */
  stop(): void {
    this.stopped = true;
    this.queue = [];
    this.whenFree = undefined;
    this.stopTimer();
    if (this.waiting === undefined) this.release();
  }

  /** A session need not keep its INVITE for its whole life. */
  private release(): void {
    if (this.user.reliable === this) this.user.reliable = undefined;
  }

  private begin(provisional: Provisional): void {
    const { core, negotiation } = this.user;
    const { status, reason, sdp } = provisional;
    this.rseq = this.rseq === 0 ? 1 + core.identifiers.below(RSEQ_RANGE) : this.rseq + 1;
    const meaning = sdp === undefined ? undefined : negotiation.take('send reliable 1xx', sdp);
    const body = meaning === 'offer' || meaning === 'answer' ? sdp : undefined;
    const headers: HeaderLine[] = [
      ...provisional.headers,
      ['Require', '100rel'],
      ['RSeq', String(this.rseq)],
      ...(body === undefined ? [] : [['Content-Type', 'application/sdp'] as const]),
    ];
    const bytes = this.transaction.build(status, { reason, headers, body });
    this.waiting = { bytes, status, withSdp: body !== undefined };
    this.interval = core.timers.t1;
    this.end = core.clock.now() + 64 * core.timers.t1;
    this.transaction.respondBytes(status, bytes);
    this.arm();
  }

  private arm(): void {
    const { clock } = this.user.core;
    this.timer = clock.setTimeout(() => this.elapsed(), Math.min(this.interval, this.end - clock.now()));
  }

  private elapsed(): void {
    this.timer = undefined;
    if (this.waiting === undefined) return;
    if (this.user.core.clock.now() >= this.end) {
      this.stop();
      this.user.prackMissing(this.transaction);
      return;
    }
    this.transaction.respondBytes(this.waiting.status, this.waiting.bytes);
    // Without a cap, unlike a 2xx: a PRACK is repeated by itself (§3).
    this.interval *= 2;
    this.arm();
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.user.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
