import type { OrganisationId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { Binding } from './binding.js';
import { groupByOrganisation } from './group-by-organisation.js';

/** How often refreshes are written, milliseconds. */
const FLUSH_MS = 1_000;
/** A stored expiry may lag behind the true one by this much without being written, milliseconds. */
const TOLERATED_LAG_MS = 60_000;
/**
 * Phones that registered together wait together: what has gathered is written over so many flushes, since thousands of
 * rows at once would take the processor from those that register now. So many at least go each time.
 */
const SPREAD_FLUSHES = 20;
const LEAST_AT_ONCE = 100;
/** Bindings in one statement at most. */
const MAX_BATCH = 1_000;
/**
 * After a kill, the expiry that is stored may be older than the one the phone was told by `TOLERATED_LAG_MS`, the
 * flushes that it waited and its time in the database. So long are stored bindings good beyond their expiry (docs/decisions/0007).
 */
export const STORED_EXPIRY_GRACE_MS = 2 * TOLERATED_LAG_MS;

/** Writes the new times of bindings of one organisation, in one statement. */
export type WriteTimes = (organisationId: OrganisationId, bindings: readonly Binding[]) => Promise<void>;

/**
 * Writes refreshes behind: a phone that only renews what it has is answered from memory. However often it does, its
 * row is written once in `TOLERATED_LAG_MS`, together with those of others.
 *
 * ```text
 * noteRefresh ──(stored expiry lags?)──► waiting ──each second a part──► one UPDATE for each organisation
 * ```
 */
export class RefreshWriter {
  /** What the database has for an expiry. */
  private readonly stored = new Map<Binding, number>();
  /** In the order in which they began to lag. */
  private readonly waiting = new Set<Binding>();
  /** The most that waited since nothing did. */
  private gathered = 0;
  private stopTimer: (() => void) | undefined;
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly writeTimes: WriteTimes,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** The binding is in the database as it is now. */
  noteStored(binding: Binding): void {
    this.stored.set(binding, binding.expiresAt);
  }

  noteRefresh(binding: Binding): void {
    const stored = this.stored.get(binding) ?? this.beginWith(binding);
    if (binding.expiresAt - stored <= TOLERATED_LAG_MS || this.waiting.has(binding)) return;
    this.waiting.add(binding);
    this.gathered = Math.max(this.gathered, this.waiting.size);
    this.flushLater();
  }

  /** Read at the start, with an expiry that may lag already. */
  private beginWith(binding: Binding): number {
    this.stored.set(binding, 0);
    return 0;
  }

  /** It ends: its row is deleted, not renewed. */
  forget(binding: Binding): void {
    this.stored.delete(binding);
    this.waiting.delete(binding);
  }

  /** Writes what waits, whatever its lag, and stops. */
  async close(all: Iterable<Binding>): Promise<void> {
    await this.flushing;
    for (const binding of all) if (this.stored.get(binding) !== binding.expiresAt) this.waiting.add(binding);
    this.stopTimer?.();
    this.stopTimer = undefined;
    await this.write(this.waiting.size);
  }

  private flushLater(): void {
    this.stopTimer ??= this.clock.after(FLUSH_MS, () => {
      this.stopTimer = undefined;
      this.flushing ??= this.write(Math.max(LEAST_AT_ONCE, Math.ceil(this.gathered / SPREAD_FLUSHES))).finally(() => {
        this.flushing = undefined;
        if (this.waiting.size > 0) this.flushLater();
      });
    });
  }

  /** Writes those that have waited longest. Never rejects: what cannot be written is asked for by its next refresh. */
  private async write(count: number): Promise<void> {
    const taken: Binding[] = [];
    for (const binding of this.waiting) {
      if (taken.length === count) break;
      taken.push(binding);
    }
    for (const binding of taken) this.waiting.delete(binding);
    if (this.waiting.size === 0) this.gathered = 0;
    for (const [organisationId, bindings] of groupByOrganisation(taken))
      for (let start = 0; start < bindings.length; start += MAX_BATCH)
        await this.writeBatch(organisationId, bindings.slice(start, start + MAX_BATCH));
  }

  private async writeBatch(organisationId: OrganisationId, batch: readonly Binding[]): Promise<void> {
    const expiries = batch.map(({ expiresAt }) => expiresAt);
    try {
      await this.writeTimes(organisationId, batch);
      // Not of those that have ended meanwhile.
      for (const [index, binding] of batch.entries())
        if (this.stored.has(binding)) this.stored.set(binding, expiries[index] ?? 0);
    } catch (error) {
      // Memory is right meanwhile; the next refresh of each asks for it again.
      this.logger.warn({ error, organisationId, bindings: batch.length }, 'Cannot write refreshed registrations');
    }
  }
}
