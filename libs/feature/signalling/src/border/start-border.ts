import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger, Metrics } from '@carillon/service-runtime';
import { LIMITS } from '../limits.js';
import type { Directories } from '../routing/directories.js';
import { Border } from './border.js';
import { handleBorderCommands } from './border-commands.js';
import { BorderFigures } from './border-figures.js';
import { KnownSources } from './known-sources.js';
import { OverloadGuard } from './overload-guard.js';
import { SourceBook } from './source-book.js';

export interface BorderOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly directories: Directories;
  /** Calls between INVITE and ringing. */
  readonly countSettingUp: () => number;
  /** 0 to 1, for which of the new calls are shed in overload; `Math.random` where left out. */
  readonly random?: (() => number) | undefined;
}

/** Who may talk to us, and how many may begin a call. */
export function startBorder(options: BorderOptions): {
  readonly border: Border;
  readonly overload: OverloadGuard;
  readonly close: () => void;
} {
  const { bus, clock, logger, metrics, directories, countSettingUp } = options;
  const overload = new OverloadGuard(clock, {
    settingUp: LIMITS.callsSettingUp,
    countSettingUp,
    random: options.random ?? Math.random,
  });
  const book = new SourceBook();
  const known = new KnownSources();
  const figures = new BorderFigures(metrics, () => overload.admittedShare);
  const border = new Border(book, known, { clock, logger, figures });
  const stopCommands = handleBorderCommands({ bus, clock, book, known, overload, directories });
  return {
    border,
    overload,
    close: () => {
      overload.close();
      stopCommands();
    },
  };
}
