import type { SessionBehaviour } from '../call-parts.js';
import { endWithLeg } from './end-with-leg.js';
import { passMediaChanges } from './pass-media-changes.js';
import { passMessages } from './pass-messages.js';
import { stayReachable } from './stay-reachable.js';
import { takeInfoKeys } from './take-info-keys.js';
import { transfer } from './transfer.js';

/** What an answered leg does by itself. */
export const SESSION_BEHAVIOURS: readonly SessionBehaviour[] = [
  endWithLeg,
  stayReachable,
  passMediaChanges,
  takeInfoKeys,
  passMessages,
  transfer,
];
