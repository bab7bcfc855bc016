import type { Clock, Logger } from '@carillon/service-runtime';
import type { BanRecords } from './ban-records.js';
import type { Ban, SourceBook } from './source-book.js';

/** Bans in one transaction at most. */
const MAX_BATCH = 500;
/** Wait after a failed write, so that a lost database is not hammered. */
const RETRY_MS = 1_000;

/**
 * Writes bans behind. What waits are names of sources; what is written is how their ban stands at that moment, so that
 * nothing is ever overtaken by what was before. One transaction at a time.
 *
 * ```text
 * note(source) ──► waiting ──► one transaction for all that wait ──(failed)──► again in a second
 * ```
 */
export class BanWriter {
  private readonly waiting = new Set<string>();
  /** The end of what is being written. Never rejects. */
  private tail: Promise<void> = Promise.resolve();
  private running = false;
  private stopTimer: (() => void) | undefined;
  private closed = false;

  constructor(
    private readonly records: Pick<BanRecords, 'write'>,
    private readonly find: SourceBook['find'],
    private readonly services: { readonly clock: Clock; readonly logger: Logger },
  ) {}

  /** Another ban than before, or none any more. */
  note(source: string): void {
    this.waiting.add(source);
    this.start();
  }

  /** Resolves when what was noted before has been tried once; never rejects. */
  settled(): Promise<void> {
    return this.tail;
  }

  /**
   * Writes how one source stands, now.
   * @throws {CodedError} `DATABASE.UNAVAILABLE`
   */
  writeNow(source: string): Promise<void> {
    const written = this.tail.then(() => this.write([source]));
    this.tail = written.catch(() => undefined);
    return written;
  }

  /** Writes what waits, and these once more for what they have thrown away. Idempotent. */
  async close(holding: readonly Ban[]): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.stopTimer?.();
    await this.tail;
    for (const { source } of holding) this.waiting.add(source);
    await this.writeAll();
  }

  private start(): void {
    if (this.running || this.closed || this.stopTimer !== undefined) return;
    this.running = true;
    this.tail = this.tail.then(() => this.writeAll());
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, MAX_BATCH);
      for (const source of batch) this.waiting.delete(source);
      try {
        await this.write(batch);
      } catch (error) {
        const { clock, logger } = this.services;
        logger.warn({ error, bans: batch.length }, 'Cannot write bans yet');
        // Memory is right meanwhile.
        for (const source of batch) this.waiting.add(source);
        if (!this.closed) {
          this.stopTimer = clock.after(RETRY_MS, () => {
            this.stopTimer = undefined;
            this.start();
          });
        }
        break;
      }
    }
    this.running = false;
  }

  private async write(sources: readonly string[]): Promise<void> {
    const keep: Ban[] = [];
    const remove: string[] = [];
    for (const source of sources) {
      const ban = this.find(source);
      if (ban === undefined) remove.push(source);
      else keep.push(ban);
    }
    await this.records.write({ keep, remove });
  }
}
