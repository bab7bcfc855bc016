import type { Database } from '@carillon/database';
import type { Bus } from '@carillon/event-bus';
import type { OrganisationId } from '@carillon/domain';
import type { Clock, Logger, Metrics } from '@carillon/service-runtime';
import { DiagnosticsChoices } from './diagnostics-choices.js';
import { fineClock } from './fine-clock.js';
import { handleLadderCommands } from './ladder-commands.js';
import { LadderFigures } from './ladder-figures.js';
import { LadderWriter } from './ladder-writer.js';
import { Ladders } from './ladders.js';
import { sweepLadders } from './sweep-ladders.js';
import { HepExport } from './hep/hep-export.js';

const SWEEP_EVERY_MS = 3_600_000;
const FIRST_SWEEP_MS = 60_000;

export interface LadderOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly advertised: string;
  readonly defaultDomain: string;
  /** Opens an organisation's auth key for its collector; without it, none is sent. */
  readonly unsealKey: ((sealed: string) => string) | undefined;
  readonly organisationOf: (host: string) => Promise<OrganisationId | undefined>;
}

export interface RunningLadders {
  readonly ladders: Ladders;
  close(): Promise<void>;
}

/** Puts the parts together. @throws {CodedError} `DATABASE.UNAVAILABLE` */
export async function startLadders(options: LadderOptions): Promise<RunningLadders> {
  const { database, bus, clock, logger, metrics, advertised, defaultDomain, organisationOf } = options;
  const figures = new LadderFigures(metrics);
  const hep = new HepExport({
    ...{ clock, logger, advertised, defaultDomain, now: fineClock(clock) },
    sent: () => figures.hepSent.inc(),
    dropped: (why) => figures.hepDropped.inc({ why }),
  });
  const unseal = (sealed: string | null, organisationId: OrganisationId): string | null => {
    if (sealed === null || options.unsealKey === undefined) return null;
    try {
      return options.unsealKey(sealed);
    } catch (error) {
      logger.error({ error, organisationId }, 'The auth key for the HEP collector cannot be read');
      return null;
    }
  };
  const choices = new DiagnosticsChoices(database, logger, ({ organisationId, sipDomain, settings }) => {
    const { authKeySealed, ...choice } = settings.hep;
    hep.choose(organisationId, { ...choice, sipDomain, authKey: unseal(authKeySealed, organisationId) });
  });
  await choices.load();
  const writer = new LadderWriter(database, clock, logger);
  const ladders = new Ladders({
    ...{ clock, logger, writer, hep, organisationOf, advertised },
    keeps: (organisationId) => choices.of(organisationId).ladder.on,
    exports: (organisationId) => choices.of(organisationId).hep.on,
  });
  figures.watch(ladders, writer);

  let stopSweep = (): void => undefined;
  const sweepLater = (delayMs: number): void => {
    stopSweep = clock.after(delayMs, () => void sweep().finally(() => sweepLater(SWEEP_EVERY_MS)));
  };
  const sweep = async (): Promise<void> => {
    for (const { organisationId, settings } of choices.all())
      await sweepLadders(database, organisationId, { ...settings.ladder, now: clock.now() }).catch((error: unknown) =>
        logger.warn({ error, organisationId }, 'Old ladders are not removed yet'),
      );
  };
  sweepLater(FIRST_SWEEP_MS);

  const stops = [
    bus.subscribe('directory.changed', async ({ organisationId }) => {
      const before = choices.of(organisationId).ladder;
      await choices.reload(organisationId);
      const { ladder } = choices.of(organisationId);
      const isLess = ladder.keepDays < before.keepDays || ladder.maxMegabytes < before.maxMegabytes;
      if (isLess) await sweepLadders(database, organisationId, { ...ladder, now: clock.now() });
    }),
    handleLadderCommands(bus, { database, ladders, writer, choices, unseal, advertised, now: fineClock(clock) }),
  ];
  return {
    ladders,
    close: async () => {
      for (const stop of stops) stop();
      stopSweep();
      await ladders.close();
      hep.close();
    },
  };
}
