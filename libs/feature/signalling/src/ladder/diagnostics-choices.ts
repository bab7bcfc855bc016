import { DiagnosticsSettings } from '@carillon/contracts';
import type { Database } from '@carillon/database';
import { OrganisationId } from '@carillon/domain';
import type { Logger } from '@carillon/service-runtime';

const BY_DEFAULT = DiagnosticsSettings.parse({});

export interface DiagnosticsChoice {
  readonly organisationId: OrganisationId;
  readonly sipDomain: string;
  readonly settings: DiagnosticsSettings;
}

/** What every organisation keeps of its calls and sends to a collector; answers at once, from memory. */
export class DiagnosticsChoices {
  private readonly known = new Map<OrganisationId, DiagnosticsChoice>();
  private readonly reading = new Map<OrganisationId, Promise<void>>();

  constructor(
    private readonly database: Pick<Database, 'asSystem' | 'forOrganisation'>,
    private readonly logger: Logger,
    /** Told of every choice that was read. */
    private readonly changed: (choice: DiagnosticsChoice) => void,
  ) {}

  /** Reads those of all organisations. @throws {CodedError} `DATABASE.UNAVAILABLE` */
  async load(): Promise<void> {
    const rows = await this.database.asSystem('what is kept of calls, and for how long', (tx) =>
      tx.organisation.findMany({ select: { id: true, sipDomain: true, settings: true } }),
    );
    for (const row of rows) this.take(row);
  }

  /**
   * Reads one again; the choice before holds until then, and on where it cannot be read. One reading after another: of two
   * changes in a row, the first may be read last.
   */
  reload(organisationId: OrganisationId): Promise<void> {
    const before = this.reading.get(organisationId) ?? Promise.resolve();
    const reading = before.then(() => this.read(organisationId));
    this.reading.set(organisationId, reading);
    return reading;
  }

  of(organisationId: OrganisationId): DiagnosticsSettings {
    return this.known.get(organisationId)?.settings ?? BY_DEFAULT;
  }

  all(): DiagnosticsChoice[] {
    return [...this.known.values()];
  }

  private async read(organisationId: OrganisationId): Promise<void> {
    try {
      const row = await this.database.forOrganisation(organisationId, (tx) =>
        tx.organisation.findUnique({
          select: { id: true, sipDomain: true, settings: true },
          where: { id: organisationId },
        }),
      );
      if (row !== null) this.take(row);
    } catch (error) {
      this.logger.warn({ error, organisationId }, 'Cannot read the diagnostics settings; going on with the last ones');
    }
  }

  private take(row: { id: string; sipDomain: string; settings: unknown }): void {
    const settings = DiagnosticsSettings.safeParse(row.settings).data ?? BY_DEFAULT;
    const organisationId = OrganisationId.parse(row.id);
    const choice: DiagnosticsChoice = { organisationId, sipDomain: row.sipDomain.toLowerCase(), settings };
    this.known.set(organisationId, choice);
    this.changed(choice);
  }
}
