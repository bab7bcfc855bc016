import type { Database } from '@carillon/database';
import { OrganisationId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { Directory } from './directory.js';
import { loadDirectory } from './load-directory.js';
import { withoutRoot } from './own-host.js';

/** Unknown domains ask the database at most this often, however many requests name them. */
const DOMAINS_MAX_AGE_MS = 10_000;

interface Entry {
  loading: Promise<Directory | undefined>;
  /** Read, and nothing has changed since. */
  current: Directory | undefined;
  /** The last one that was read: better than nothing while the database is away. */
  last: Directory | undefined;
  stale: boolean;
}

/** Every organisation's directory, read when first needed and again after `directory.changed`. */
export class Directories {
  private readonly entries = new Map<OrganisationId, Entry>();
  private domains = new Map<string, OrganisationId>();
  private domainsReadAt = Number.NEGATIVE_INFINITY;
  private readingDomains: Promise<void> | undefined;
  private readonly readers = new Set<(directory: Directory) => void>();

  constructor(
    private readonly database: Pick<Database, 'forOrganisation' | 'asSystem'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws {CodedError} `DATABASE.UNAVAILABLE` where it was never read */
  async of(organisationId: OrganisationId): Promise<Directory | undefined> {
    const entry = this.entries.get(organisationId);
    if (entry !== undefined && !entry.stale) return entry.loading;
    return this.load(organisationId, entry?.last);
  }

  /** As `of` without a promise: what is in memory and up to date. @returns undefined where `of` has to be asked */
  current(organisationId: OrganisationId): Directory | undefined {
    return this.entries.get(organisationId)?.current;
  }

  /**
   * Hears of every directory that was read, before anybody acts on it: what is kept of its trunks is never behind what calls
   * are routed by. Must be quick; one that fails keeps nobody from the directory. @returns stops
   */
  onRead(reader: (directory: Directory) => void): () => void {
    this.readers.add(reader);
    return () => void this.readers.delete(reader);
  }

  /** The organisation that a SIP domain names. @param domain any case */
  async ofDomain(domain: string): Promise<Directory | undefined> {
    const key = withoutRoot(domain.toLowerCase());
    if (!this.domains.has(key) && this.clock.now() - this.domainsReadAt >= DOMAINS_MAX_AGE_MS) await this.readDomains();
    const organisationId = this.domains.get(key);
    return organisationId === undefined ? undefined : this.of(organisationId);
  }

  /**
   * As `ofDomain` without asking the database: what is in memory and up to date.
   * @param domain lower case
   * @returns undefined where `ofDomain` has to be asked
   */
  known(domain: string): Directory | undefined {
    const organisationId = this.domains.get(withoutRoot(domain));
    return organisationId === undefined ? undefined : this.entries.get(organisationId)?.current;
  }

  /** The next question reads it anew. */
  invalidate(organisationId: OrganisationId): void {
    const entry = this.entries.get(organisationId);
    if (entry !== undefined) {
      entry.stale = true;
      entry.current = undefined;
    }
    this.domainsReadAt = Number.NEGATIVE_INFINITY;
  }

  private load(organisationId: OrganisationId, last: Directory | undefined): Promise<Directory | undefined> {
    const entry: Entry = {
      last,
      current: undefined,
      stale: false,
      loading: loadDirectory(this.database, organisationId),
    };
    this.entries.set(organisationId, entry);
    entry.loading = entry.loading.then(
      (directory) => {
        entry.last = directory;
        const newest = this.entries.get(organisationId);
        // It was changed while it was read, and is read again: who acts on what it reads would undo that change.
        if (newest !== undefined && newest !== entry) return newest.loading;
        if (directory !== undefined) this.tell(directory);
        if (!entry.stale) entry.current = directory;
        return directory;
      },
      (error: unknown) => {
        entry.stale = true;
        if (entry.last === undefined) throw error;
        this.logger.warn({ error, organisationId }, 'Cannot read the directory; going on with the last one');
        return entry.last;
      },
    );
    return entry.loading;
  }

  private tell(directory: Directory): void {
    for (const reader of this.readers)
      try {
        reader(directory);
      } catch (error) {
        const { organisationId } = directory;
        this.logger.error({ error, organisationId }, 'What follows the directory cannot take what was read');
      }
  }

  private async readDomains(): Promise<void> {
    this.readingDomains ??= this.database
      .asSystem('which organisation a SIP domain names', (tx) =>
        tx.organisation.findMany({ select: { id: true, sipDomain: true } }),
      )
      .then((rows) => {
        this.domains = new Map(rows.map((row) => [row.sipDomain.toLowerCase(), OrganisationId.parse(row.id)]));
        this.domainsReadAt = this.clock.now();
      })
      .finally(() => {
        this.readingDomains = undefined;
      });
    await this.readingDomains;
  }
}
