import type { SafeNetwork } from '@carillon/contracts';
import type { Database } from '@carillon/database';
import { OrganisationId, UserId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger } from '@carillon/service-runtime';
import { SourceList } from '../trunks/source-list.js';
import { addressOfSource } from './known-sources.js';
import type { Lift, SourceBook } from './source-book.js';

/** Wait after the list could not be read. */
const RETRY_MS = 1_000;

interface Entry extends Pick<SafeNetwork, 'network'> {
  readonly lift: Omit<Lift, 'at'>;
}

interface SafeNetworkParts {
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly book: Pick<SourceBook, 'list' | 'lift'>;
}

/**
 * Networks that operators vouch for, as they stand in the database: read at the start, and again whenever one of them
 * changes the list. What is banned in them is let in, in the name of who added them.
 */
export class SafeNetworks {
  private sources = new SourceList([]);
  private isEmpty = true;
  /** One after the other: what was read first must not come last. */
  private last = Promise.resolve();
  private stopTimer: () => void = () => undefined;
  private readonly stopHearing: () => void;
  private closed = false;

  private constructor(private readonly parts: SafeNetworkParts) {
    this.stopHearing = parts.bus.subscribe('border.safe-networks-changed', () => this.readAgain());
  }

  /** @throws {CodedError} `DATABASE.UNAVAILABLE` where the list cannot be read the first time */
  static async open(parts: SafeNetworkParts): Promise<SafeNetworks> {
    const networks = new SafeNetworks(parts);
    try {
      await networks.read();
    } catch (error) {
      networks.close();
      throw error;
    }
    return networks;
  }

  /** On the path of messages of strangers. Never of a network, which is no address. */
  readonly has = (address: string): boolean => !this.isEmpty && this.sources.has(address);

  close(): void {
    this.closed = true;
    this.stopHearing();
    this.stopTimer();
  }

  private readAgain(): void {
    this.stopTimer();
    this.last = this.last
      .then(() => this.read())
      .catch((error: unknown) => {
        if (this.closed) return;
        this.parts.logger.error({ error }, 'Networks that are never banned could not be read: the old ones stay yet');
        this.stopTimer = this.parts.clock.after(RETRY_MS, () => this.readAgain());
      });
  }

  private async read(): Promise<void> {
    const { database, book, clock } = this.parts;
    const rows = await database.asSystem('safe networks', (tx) => tx.sipSafeNetwork.findMany());
    const entries = rows.map(({ network, addedByUserId, addedByName, addedIn }): Entry => {
      const by = { byUserId: UserId.parse(addedByUserId), byName: addedByName };
      return { network, lift: { ...by, organisationId: OrganisationId.parse(addedIn) } };
    });
    this.sources = new SourceList(entries.map(({ network }) => network));
    this.isEmpty = entries.length === 0;
    const now = clock.now();
    for (const { source } of book.list(now)) {
      const lift = this.liftOf(source, entries);
      if (lift !== undefined) book.lift(source, { ...lift, at: now });
    }
  }

  /** A ban of a whole /64 goes on for the others in it, where a narrower network is vouched for. */
  private liftOf(source: string, entries: readonly Entry[]): Entry['lift'] | undefined {
    const [address = '', bits = '128'] = addressOfSource(source).split('/');
    if (!this.has(address)) return undefined;
    const wide = entries.filter(
      ({ network }) => !source.includes('/') || Number(network.split('/')[1] ?? 128) <= Number(bits),
    );
    return wide.find(({ network }) => new SourceList([network]).has(address))?.lift;
  }
}
