import type { LiveCall } from '@carillon/contracts';
import { isDatabaseLost, type Database } from '@carillon/database';
import type { CallId } from '@carillon/domain';
import { isCodedError, type Clock, type Logger } from '@carillon/service-runtime';
import { involvedUsers } from './live-call.js';

/** Wait after a failed write, so that a lost database is not hammered. */
const RETRY_MS = 1_000;
/** Calls that wait for the database at most; beyond, the oldest is given up with a log line. */
const MAX_WAITING = 20_000;

/** A call as it is to be written: what everyone sees, and the figures of its media. */
export interface CallRecord {
  readonly call: LiveCall;
  /** LiveLeg[] with `stats`. */
  readonly legs: readonly object[];
}

/**
 * Writes calls down as they go: at the start, at each change that matters, at the end. Only the latest state of a call
 * waits, so a slow database is never far behind, and one that was away gets what it missed.
 */
export class CallRecords {
  private readonly waiting = new Map<CallId, CallRecord>();
  private writing: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  save(record: CallRecord): void {
    if (this.closed) return;
    this.waiting.set(record.call.callId, record);
    const [oldest] = this.waiting.keys();
    if (this.waiting.size > MAX_WAITING && oldest !== undefined) {
      this.waiting.delete(oldest);
      this.logger.error({ callId: oldest }, 'A call record is lost: too many wait for the database');
    }
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
    });
  }

  /** Calls that were going on when the last process died. */
  async closeInterrupted(): Promise<number> {
    const { count } = await this.database.asSystem('calls that a stopped process left open', (tx) =>
      tx.call.updateMany({
        where: { endedAt: null },
        data: { endedAt: new Date(this.clock.now()), outcome: 'failed', endReason: 'Interrupted' },
      }),
    );
    return count;
  }

  /** Writes what waits, once. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    for (;;) {
      const [next] = this.waiting;
      if (next === undefined) return;
      const [callId, record] = next;
      try {
        await this.write(record);
        if (this.waiting.get(callId) === record) this.waiting.delete(callId);
      } catch (error) {
        if (!isAway(error)) {
          this.logger.error({ error, record }, 'A call record is lost: the database refuses it');
          this.waiting.delete(callId);
          continue;
        }
        this.logger.error({ error, callId, waiting: this.waiting.size }, 'Cannot write a call record yet');
        if (this.closed) return;
        await new Promise<void>((settle) => {
          this.clock.after(RETRY_MS, settle);
        });
      }
    }
  }

  private async write({ call, legs }: CallRecord): Promise<void> {
    const columns = {
      direction: call.direction,
      fromNumber: call.from.number,
      fromName: call.from.name,
      fromUserId: call.from.userId,
      toNumber: call.to.number,
      toName: call.to.name,
      toUserId: call.to.userId,
      toKind: call.to.kind,
      startedAt: new Date(call.startedAt),
      answeredAt: call.answeredAt === null ? null : new Date(call.answeredAt),
      endedAt: call.endedAt === null ? null : new Date(call.endedAt),
      outcome: call.outcome,
      endReason: call.endReason,
      sipStatus: call.sipStatus,
      legs: [...legs],
      involvedUserIds: involvedUsers(call),
      revision: call.revision,
    };
    await this.database.forOrganisation(call.organisationId, (tx) =>
      tx.call.upsert({
        where: { id: call.callId },
        create: { id: call.callId, organisationId: call.organisationId, ...columns },
        update: columns,
      }),
    );
  }
}

function isAway(error: unknown): boolean {
  return isDatabaseLost(error) || (isCodedError(error) && error.code === 'DATABASE.UNAVAILABLE');
}
