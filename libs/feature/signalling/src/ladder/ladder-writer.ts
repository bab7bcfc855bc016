import { isDatabaseLost, type Database } from '@carillon/database';
import type { Ladder } from '@carillon/contracts';
import type { CallId, OrganisationId } from '@carillon/domain';
import { isCodedError, type Clock, type Logger } from '@carillon/service-runtime';
import { encodeLadder } from './ladder-document.js';
import type { LadderDraft } from './ladder-draft.js';

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

  write(ladder: LadderDraft, organisationId: OrganisationId): void {
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
      ON CONFLICT (call_id) DO UPDATE SET size = excluded.size, data = excluded.data`;

function isAway(error: unknown): boolean {
  return isDatabaseLost(error) || (isCodedError(error) && error.code === 'DATABASE.UNAVAILABLE');
}
