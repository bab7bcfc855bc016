import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Timers } from '../timers.js';

/** What transactions need from around them. */
export interface TransactionContext {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Counts a message that was sent again. */
  readonly resent: () => void;
  /** Counts a message that came again. */
  readonly repeated: () => void;
}
