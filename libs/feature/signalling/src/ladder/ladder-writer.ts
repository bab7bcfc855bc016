import { isDatabaseLost, type Database } from '@carillon/database';
import type { Ladder } from '@carillon/contracts';
import type { CallId, OrganisationId } from '@carillon/domain';
import { isCodedError, type Clock, type Logger } from '@carillon/service-runtime';
import { encodeLadder } from './ladder-document.js';

/** What comes within this is written together. */
const GATHER_MS = 400;
const RETRY_MS = 2_000;
const MAX_BATCH = 100;
const MAX_BATCH_OCTETS = 4 * 1024 * 1024;
/** Octets that wait for the database at most; beyond, the oldest are given up and counted. */
const MAX_WAITING_OCTETS = 64 * 1024 * 1024;

export interface LadderRow {
  readonly callId: CallId;
  readonly organisationId: OrganisationId;
  readonly createdAt: number;
  readonly refused: Ladder['refused'];
  readonly data: Buffer;
}

/**
 * Writes ladders, many in one transaction, never in the way of a call. Only the latest state of a ladder waits; one
 * that the database refuses is given up alone.
 */
export class LadderWriter {
  private readonly waiting = new Map<CallId, LadderRow>();
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

  write(ladder: Ladder, organisationId: OrganisationId): void {
    const { callId, startedAt, refused } = ladder;
    this.add({ callId, organisationId, createdAt: startedAt, refused, data: encodeLadder(ladder) });
  }

  /** What is not in the database yet. */
  pending(callId: CallId, organisationId: OrganisationId): LadderRow | undefined {
    const row = this.waiting.get(callId);
    return row?.organisationId === organisationId ? row : undefined;
  }

  /** Writes what waits, once. */
  async close(): Promise<void> {
    this.closed = true;
    this.hurry?.();
    await this.running;
  }

  private add(row: LadderRow): void {
    this.forget(row.callId);
    this.waiting.set(row.callId, row);
    this.octets += row.data.length;
    for (const [oldest] of this.waiting) {
      if (this.octets <= MAX_WAITING_OCTETS) break;
      this.forget(oldest);
      this.lost += 1;
    }
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  private forget(callId: CallId): void {
    this.octets -= this.waiting.get(callId)?.data.length ?? 0;
    this.waiting.delete(callId);
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

  /** Those of the organisation of the oldest. */
  private nextBatch(): LadderRow[] {
    const batch: LadderRow[] = [];
    let octets = 0;
    for (const row of this.waiting.values()) {
      if (batch.length === MAX_BATCH || octets > MAX_BATCH_OCTETS) break;
      if (batch[0] !== undefined && row.organisationId !== batch[0].organisationId) continue;
      batch.push(row);
      octets += row.data.length;
    }
    return batch;
  }

  /** @returns whether the database is away */
  private async tryWrite(batch: readonly LadderRow[]): Promise<boolean> {
    try {
      await writeRows(this.database, batch);
      this.written += batch.length;
    } catch (error) {
      if (isAway(error)) {
        this.logger.warn({ error, waiting: this.waiting.size }, 'Cannot write ladders yet');
        return true;
      }
      if (batch.length > 1) {
        for (const row of batch) if (await this.tryWrite([row])) return true;
        return false;
      }
      this.lost += 1;
      this.logger.error({ error, callId: batch[0]?.callId }, 'A ladder is lost: the database refuses it');
    }
    // Unless a later state of it has come meanwhile.
    for (const row of batch) if (this.waiting.get(row.callId) === row) this.forget(row.callId);
    return false;
  }
}

/** Ladders of one organisation in one statement. @throws {CodedError} `DATABASE.UNAVAILABLE` */
async function writeRows(database: Database, rows: readonly LadderRow[]): Promise<void> {
  const organisationId = rows[0]?.organisationId;
  if (organisationId === undefined) return;
  // Sorted, so that two processes lock rows in the same order.
  const records = rows.map(recordOf).sort((a, b) => (a.call_id < b.call_id ? -1 : 1));
  await database.forOrganisation(
    organisationId,
    (tx) => tx.$executeRaw`
      INSERT INTO call_ladder (call_id, organisation_id, created_at, size, data, refused_status, refused_from, refused_to)
      SELECT call_id, ${organisationId}::uuid, created_at, size, decode(data, 'base64'), refused_status, refused_from,
        refused_to
      FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS record(
        call_id uuid, created_at timestamptz, size int, data text, refused_status int, refused_from text, refused_to text
      )
      ON CONFLICT (call_id) DO UPDATE SET size = excluded.size, data = excluded.data`,
  );
}

function recordOf({ callId, createdAt, refused, data }: LadderRow) {
  return {
    call_id: callId,
    created_at: new Date(createdAt).toISOString(),
    size: data.length,
    data: data.toString('base64'),
    refused_status: refused?.status ?? null,
    refused_from: refused?.from ?? null,
    refused_to: refused?.to ?? null,
  };
}

function isAway(error: unknown): boolean {
  return isDatabaseLost(error) || (isCodedError(error) && error.code === 'DATABASE.UNAVAILABLE');
}
