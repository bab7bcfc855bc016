import type { Database } from '@carillon/database';
import type { Bus } from '@carillon/event-bus';
import type { UserAgent } from '@carillon/sip-stack';
import type { Clock, Logger, Metrics } from '@carillon/service-runtime';
import type { FailureLimiter } from '../inbound/failure-limiter.js';
import { LIMITS } from '../limits.js';
import type { Directories } from '../routing/directories.js';
import { BanRecords } from './ban-records.js';
import { BanWriter } from './ban-writer.js';
import { Border } from './border.js';
import { handleBorderCommands } from './border-commands.js';
import { BorderFigures } from './border-figures.js';
import { eventLoopShare } from './event-loop-share.js';
import { KnownSources } from './known-sources.js';
import { OverloadGuard } from './overload-guard.js';
import type { Place } from '../processes/place.js';
import type { SharedBans } from '../processes/shared-bans.js';
import type { SharedCounts } from '../processes/shared-counts.js';
import { SafeNetworks } from './safe-networks.js';
import { ShedLog } from './shed-log.js';
import { SourceBook } from './source-book.js';

export interface BorderOptions {
  readonly place: Place;
  /** What the processes of signalling tell each other of bans. */
  readonly sharedBans: SharedBans;
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly directories: Directories;
  /** Forgets the wrong passwords of who is let in again. */
  readonly limiter: FailureLimiter;
  /** What limits count over all processes. */
  readonly sharedCounts: SharedCounts;
  /** Calls between INVITE and ringing. */
  readonly countSettingUp: () => number;
  /** 0 to 1, for which of the new calls are shed in overload; `Math.random` where left out. */
  readonly random?: (() => number) | undefined;
}

type ShedConnections = UserAgent['shedConnections'];

export interface RunningBorder {
  readonly border: Border;
  readonly overload: OverloadGuard;
  readonly shedLog: ShedLog;
  /** How connections are closed, once there are any. */
  useConnections(shedConnections: ShedConnections): void;
  /** Writes what is left to write. */
  close(): Promise<void>;
}

/**
 * Who may talk to us, and how many may begin a call. Who was banned before is banned when it resolves.
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export async function startBorder(options: BorderOptions): Promise<RunningBorder> {
  const { database, bus, clock, logger, metrics, directories, limiter, countSettingUp, sharedBans, sharedCounts } =
    options;
  const records = new BanRecords(database);
  const book = new SourceBook(
    (source) => {
      bans.note(source);
      sharedBans.tell(book, source);
    },
    (what, source, points) => sharedCounts.tell(what, source, points),
  );
  const bans = new BanWriter(records, (source) => book.find(source), { clock, logger });
  book.restore(await records.load(clock.now()));
  const safe = await SafeNetworks.open({ database, bus, clock, logger, book });
  limiter.trustSources(safe.has);
  const overload = new OverloadGuard(clock, {
    busyShare: eventLoopShare(),
    countMessages: () => border.messages,
    afterThisTurn: setImmediate,
    settingUp: LIMITS.callsSettingUp,
    forHelpPerSecond: LIMITS.forHelp.invitesPerSecond,
    countSettingUp,
    random: options.random ?? Math.random,
  });
  const shedLog = new ShedLog(clock);
  const known = new KnownSources();
  known.trustNetworks(safe.has);
  const figures = new BorderFigures(metrics, () => overload.admittedShare);
  let shed: ShedConnections = () => 0;
  const border = new Border(book, known, { clock, logger, figures, banned: closeConnections });
  /** In a turn of its own: what led to the ban is being answered now. */
  function closeConnections(source: string): void {
    setImmediate(() =>
      shed(({ remoteAddress: address, remotePort: port }) => {
        const now = clock.now();
        return known.keyOf({ address, port }, now) === source && book.isBanned(source, now) && !known.isPeer(address);
      }, 'banned'),
    );
  }
  const stopSharing = sharedBans.hear(book, closeConnections);
  sharedCounts.begin({ limiter, book, rate: border.rate });
  const stopCommands = handleBorderCommands({
    bus,
    clock,
    book,
    bans,
    known,
    limiter,
    overload,
    shed: shedLog,
    directories,
    place: options.place,
  });
  return {
    border,
    overload,
    shedLog,
    useConnections: (shedConnections) => {
      shed = shedConnections;
    },
    close: async () => {
      overload.close();
      safe.close();
      stopCommands();
      stopSharing();
      await bans.close(book.list(clock.now()));
    },
  };
}
