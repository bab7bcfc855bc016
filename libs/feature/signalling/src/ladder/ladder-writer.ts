import { isDatabaseLost, type Database } from '@carillon/database';
import type { Ladder } from '@carillon/contracts';
import type { CallId, OrganisationId } from '@carillon/domain';
import { isCodedError, type Clock, type Logger } from '@carillon/service-runtime';

/** What comes within this is written together. */
const GATHER_MS = 150;
const RETRY_MS = 2_000;
const MAX_BATCH = 100;
const MAX_BATCH_OCTETS = 4 * 1024 * 1024;
/** Octets that wait for the database at most; beyond, the oldest are given up and counted. */
const MAX_WAITING_OCTETS = 64 * 1024 * 1024;

/** What is to be added to a ladder in the database. */
export interface LadderRow {
  readonly callId: CallId;
  readonly organisationId: OrganisationId;
  readonly createdAt: number;
  readonly refused: Ladder['refused'];
  /** Chunks, one behind the other. */
  readonly data: Buffer;
}

/**
 * Writes ladders, many in one transaction, never in the way of a call: what is new is put behind what is there. One that
 * the database refuses is given up alone.
 */
export class LadderWriter {
  private readonly waiting = new Map<CallId, LadderRow>();
  /** Is being written. */
  private underWay: readonly LadderRow[] = [];
  /** Of those that wait. */
  private octets = 0;
  private running: Promise<void> | undefined;
  private hurry: (() => void) | undefined;
  private closed = false;
  /** Ladders that were given up. */
  lost = 0;
  written = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  write(row: LadderRow): void {
    this.add(row);
    this.giveUpOldest();
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  /** Chunks that are not in the database yet, or not for certain. */
  pending(callId: CallId, organisationId: OrganisationId): Buffer[] {
    const waiting = this.waiting.get(callId);
    return [...this.underWay.filter((row) => row.callId === callId), ...(waiting === undefined ? [] : [waiting])]
      .filter((row) => row.organisationId === organisationId)
      .map(({ data }) => data);
  }

  /** Writes what waits, once. */
  async close(): Promise<void> {
    this.closed = true;
    this.hurry?.();
    await this.running;
  }

  private add(row: LadderRow): void {
    const before = this.waiting.get(row.callId);
    const whole = before === undefined ? row : { ...before, data: Buffer.concat([before.data, row.data]) };
    this.waiting.set(row.callId, whole);
    this.octets += row.data.length;
  }

  private giveUpOldest(): void {
    for (const [oldest] of this.waiting) {
      if (this.octets <= MAX_WAITING_OCTETS) break;
      this.forget(oldest);
      this.lost += 1;
    }
  }

  private forget(callId: CallId): void {
    this.octets -= this.waiting.get(callId)?.data.length ?? 0;
    this.waiting.delete(callId);
  }

  /** They go first, as they were to; what came meanwhile stands behind them. */
  private putBack(rows: readonly LadderRow[]): void {
    const later = [...this.waiting.values()];
    this.waiting.clear();
    this.octets = 0;
    for (const row of [...rows, ...later]) this.add(row);
    this.giveUpOldest();
  }

  private async run(): Promise<void> {
    await this.pause(GATHER_MS);
    while (this.waiting.size > 0) {
      const batch = this.nextBatch();
      const away = await this.tryWrite(batch);
      if (away && this.closed) return;
      if (away) await this.pause(RETRY_MS);
      else if (batch.length < MAX_BATCH && !this.closed) await this.pause(GATHER_MS);
    }
  }

  private async pause(delayMs: number): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((settle) => {
      const stop = this.clock.after(delayMs, settle);
      this.hurry = () => {
        stop();
        settle();
      };
    });
    this.hurry = undefined;
  }

  /** Takes out those of the organisation of the oldest. */
  private nextBatch(): LadderRow[] {
    const batch: LadderRow[] = [];
    let octets = 0;
    for (const row of this.waiting.values()) {
      if (batch.length === MAX_BATCH || octets > MAX_BATCH_OCTETS) break;
      if (batch[0] !== undefined && row.organisationId !== batch[0].organisationId) continue;
      batch.push(row);
      octets += row.data.length;
    }
    for (const { callId } of batch) this.forget(callId);
    return batch;
  }

  /** @returns whether the database is away */
  private async tryWrite(batch: readonly LadderRow[]): Promise<boolean> {
    this.underWay = batch;
    const refused = await this.writeAll(batch);
    this.underWay = [];
    if (refused.length > 0) this.putBack(refused);
    return refused.length > 0;
  }

  /** @returns those that are to be tried again, since the database is away */
  private async writeAll(batch: readonly LadderRow[]): Promise<readonly LadderRow[]> {
    try {
      await writeRows(this.database, batch);
      this.written += batch.length;
      return [];
    } catch (error) {
      if (isAway(error)) {
        this.logger.warn({ error, waiting: this.waiting.size + batch.length }, 'Cannot write ladders yet');
        return batch;
      }
      if (batch.length > 1) {
        for (const [index, row] of batch.entries())
          if ((await this.writeAll([row])).length > 0) return batch.slice(index);
        return [];
      }
      this.lost += 1;
      this.logger.error({ error, callId: batch[0]?.callId }, 'A ladder is lost: the database refuses it');
      return [];
    }
  }
}

/**
 * Ladders of one organisation in one statement. Their octets travel as one value, which the database cuts: neither side
 * has to write them as text and to read them again.
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
async function writeRows(database: Database, batch: readonly LadderRow[]): Promise<void> {
  const organisationId = batch[0]?.organisationId;
  if (organisationId === undefined) return;
  // Sorted, so that two processes lock rows in the same order.
  const rows = [...batch].sort((a, b) => (a.callId < b.callId ? -1 : 1));
  // SQL counts from 1.
  let next = 1;
  const starts = rows.map(({ data }) => {
    const start = next;
    next += data.length;
    return start;
  });
  await database.writeForOrganisation(organisationId, {
    name: 'write-ladders',
    text: WRITE_LADDERS,
    values: [
      organisationId,
      Buffer.concat(rows.map(({ data }) => data)),
      rows.map(({ callId }) => callId),
      rows.map(({ createdAt }) => new Date(createdAt).toISOString()),
      starts,
      rows.map(({ data }) => data.length),
      rows.map(({ refused }) => refused?.status ?? null),
      rows.map(({ refused }) => refused?.from ?? null),
      rows.map(({ refused }) => refused?.to ?? null),
    ],
  });
}

const WRITE_LADDERS = `
      INSERT INTO call_ladder (call_id, organisation_id, created_at, size, data, refused_status, refused_from, refused_to)
      SELECT call_id, $1::uuid, created_at, size, substring($2::bytea FROM start FOR size), refused_status, refused_from,
        refused_to
      FROM unnest($3::uuid[], $4::timestamptz[], $5::int[], $6::int[], $7::int[], $8::text[], $9::text[])
        AS ladder(call_id, created_at, start, size, refused_status, refused_from, refused_to)
      ON CONFLICT (call_id) DO UPDATE SET size = call_ladder.size + excluded.size, data = call_ladder.data || excluded.data`;

function isAway(error: unknown): boolean {
  return isDatabaseLost(error) || (isCodedError(error) && error.code === 'DATABASE.UNAVAILABLE');
}
