import type { LiveCall } from '@carillon/contracts';
import { isDatabaseLost, type Database } from '@carillon/database';
import type { CallId, OrganisationId } from '@carillon/domain';
import { isCodedError, type Clock, type Logger } from '@carillon/service-runtime';
import { writeCalls } from './write-calls.js';

/** Wait after a failed write, so that a lost database is not hammered. */
const RETRY_MS = 1_000;
/** Calls that wait for the database at most; beyond, the oldest is given up with a log line. */
const MAX_WAITING = 20_000;

/** Calls written in one transaction at most. */
const MAX_BATCH = 100;
/** What happens between start and end of a call is written within this: ringing and answer often go together. */
const UNHURRIED_MS = 250;
/** The end is written within this: the figures of its media come a moment later, and go with it. */
const ENDED_MS = 30;
/** From one statement of an organisation to the next: of many calls a second some go together, one alone goes at once. */
const PACE_MS = 20;
/** The first record of a call holds up its answer for so long at most. */
const RECORDED_WITHIN_MS = 1_000;

/** A call as it is to be written: what everyone sees, and the figures of its media. */
export interface CallRecord {
  readonly call: LiveCall;
  /** LiveLeg[] with `stats`; made when it is written, since most states of a call never are. */
  readonly legs: () => readonly object[];
}

/** Why calls of a process that died have ended. */
export const INTERRUPTED = 'Interrupted';

interface WaitingRecord {
  readonly record: CallRecord;
  /** Not written before. */
  readonly dueAt: number;
}

interface FirstRecord {
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

/**
 * Writes calls down as they go: at the start, at each change that matters, at the end. Only the latest state of a call
 * waits, and calls of one organisation that wait together are written together, so a slow database is never far behind,
 * and one that was away gets what it missed.
 */
export class CallRecords {
  private readonly waiting = new Map<CallId, WaitingRecord>();
  /** Of calls that were not written yet. */
  private readonly firsts = new Map<CallId, FirstRecord>();
  private writing: Promise<void> | undefined;
  /** Ends the wait for what is due next. */
  private wake: (() => void) | undefined;
  private wakesAt = Infinity;
  private readonly wroteAt = new Map<OrganisationId, number>();
  private inFlight: ReadonlySet<CallRecord> = new Set();
  private away = false;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  save(record: CallRecord): void {
    if (this.closed) return;
    const { callId, revision, endedAt } = record.call;
    if (revision === 1 && !this.away) this.firsts.set(callId, firstRecord());
    // What is being written already says nothing of when the next is due.
    const before = this.waiting.get(callId);
    const dueBefore = before === undefined || this.inFlight.has(before.record) ? Infinity : before.dueAt;
    const withinMs = revision === 1 ? 0 : endedAt === null ? UNHURRIED_MS : ENDED_MS;
    const dueAt = Math.min(dueBefore, this.clock.now() + withinMs);
    this.waiting.set(callId, { record, dueAt });
    if (this.dueOf({ record, dueAt }) < this.wakesAt) this.wake?.();
    if (this.waiting.size > MAX_WAITING) this.giveUpOldest();
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
    });
  }

  /**
   * Resolves when the call is in the database; a call that nobody could find afterwards must not be answered. Where
   * the database is away, or takes longer than `RECORDED_WITHIN_MS`, talking comes before writing: the record follows.
   */
  async recorded(callId: CallId): Promise<void> {
    const first = this.firsts.get(callId);
    if (first === undefined) return;
    const stopTimer = this.clock.after(RECORDED_WITHIN_MS, first.settle);
    await first.settled;
    stopTimer();
  }

  /**
   * Calls that went on when the last process died. Those that were answered count as answered, as with any other end.
   * @param ended whether a call was this process's, and is over; left out, all are
   */
  async closeInterrupted(ended?: (callId: string) => boolean): Promise<number> {
    return this.database.asSystem('calls that a stopped process left open', async (tx) => {
      const found = await tx.call.findMany({ where: { endedAt: null }, select: { id: true, answeredAt: true } });
      const own = ended === undefined ? found : found.filter(({ id }) => ended(id));
      const close = async (wasAnswered: boolean): Promise<number> => {
        const ids = own.filter(({ answeredAt }) => (answeredAt !== null) === wasAnswered).map(({ id }) => id);
        const outcome = wasAnswered ? 'answered' : 'failed';
        const data = { endedAt: new Date(this.clock.now()), outcome, endReason: INTERRUPTED };
        return ids.length === 0
          ? 0
          : (await tx.call.updateMany({ where: { endedAt: null, id: { in: ids } }, data })).count;
      };
      return (await close(true)) + (await close(false));
    });
  }

  /** Writes what waits, once. */
  async close(): Promise<void> {
    this.closed = true;
    this.wake?.();
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    // What happens to a call in one step is written once.
    await new Promise<void>((settle) => {
      setImmediate(settle);
    });
    while (this.waiting.size > 0) {
      const batch = this.nextBatch();
      if (batch.length === 0) {
        await this.untilDue();
        continue;
      }
      const error = await this.tryWrite(batch);
      if (error === undefined) continue;
      this.logger.error({ error, waiting: this.waiting.size }, 'Cannot write call records yet');
      if (this.closed) return;
      await new Promise<void>((settle) => {
        this.clock.after(RETRY_MS, settle);
      });
    }
  }

  /** What is due, of the organisation of the oldest. */
  private nextBatch(): CallRecord[] {
    const now = this.clock.now();
    for (const [organisationId, at] of this.wroteAt) if (now - at >= PACE_MS) this.wroteAt.delete(organisationId);
    const batch: CallRecord[] = [];
    for (const one of this.waiting.values()) {
      if (batch.length === MAX_BATCH) break;
      if (!this.closed && this.dueOf(one) > now) continue;
      const { record } = one;
      if (batch[0] === undefined || record.call.organisationId === batch[0].call.organisationId) batch.push(record);
    }
    return batch;
  }

  private dueOf({ record, dueAt }: WaitingRecord): number {
    return Math.max(dueAt, (this.wroteAt.get(record.call.organisationId) ?? -Infinity) + PACE_MS);
  }

  /** Or until something comes that cannot wait. */
  private async untilDue(): Promise<void> {
    this.wakesAt = Infinity;
    for (const one of this.waiting.values()) this.wakesAt = Math.min(this.wakesAt, this.dueOf(one));
    const delayMs = Math.max(1, this.wakesAt - this.clock.now());
    await new Promise<void>((settle) => {
      const stopTimer = this.clock.after(delayMs, settle);
      this.wake = () => {
        stopTimer();
        settle();
      };
    });
    this.wake = undefined;
  }

  /** @returns the error while the database is away; nothing is lost then */
  private async tryWrite(batch: readonly CallRecord[]): Promise<unknown> {
    this.inFlight = new Set(batch);
    const organisationId = batch[0]?.call.organisationId;
    if (organisationId !== undefined) this.wroteAt.set(organisationId, this.clock.now());
    try {
      await writeCalls(this.database, batch);
      this.away = false;
      for (const record of batch) this.written(record);
      return undefined;
    } catch (error) {
      if (isAway(error)) {
        this.away = true;
        for (const { settle } of this.firsts.values()) settle();
        this.firsts.clear();
        return error;
      }
      const [record] = batch;
      if (batch.length === 1 && record !== undefined) {
        this.logger.error({ error, record }, 'A call record is lost: the database refuses it');
        this.forget(record.call.callId);
        return undefined;
      }
      return this.tryEach(batch);
    } finally {
      this.inFlight = new Set();
    }
  }

  /** One of them is refused: only that one is lost. */
  private async tryEach(batch: readonly CallRecord[]): Promise<unknown> {
    for (const record of batch) {
      const error = await this.tryWrite([record]);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  private written(record: CallRecord): void {
    const { callId } = record.call;
    // Unless it has changed meanwhile.
    if (this.waiting.get(callId)?.record === record) this.waiting.delete(callId);
    this.firsts.get(callId)?.settle();
    this.firsts.delete(callId);
  }

  private giveUpOldest(): void {
    const [oldest] = this.waiting.keys();
    if (oldest === undefined) return;
    this.forget(oldest);
    this.logger.error({ callId: oldest }, 'A call record is lost: too many wait for the database');
  }

  private forget(callId: CallId): void {
    this.waiting.delete(callId);
    this.firsts.get(callId)?.settle();
    this.firsts.delete(callId);
  }
}

function firstRecord(): FirstRecord {
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { settled, settle };
}

function isAway(error: unknown): boolean {
  return isDatabaseLost(error) || (isCodedError(error) && error.code === 'DATABASE.UNAVAILABLE');
}
