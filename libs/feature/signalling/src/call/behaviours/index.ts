import type { SessionBehaviour } from '../call-parts.js';
import { endWithLeg } from './end-with-leg.js';
import { passMediaChanges } from './pass-media-changes.js';
import { takeInfoKeys } from './take-info-keys.js';
import { transferBlind } from './transfer-blind.js';

/** What an answered leg does by itself. */
export const SESSION_BEHAVIOURS: readonly SessionBehaviour[] = [
  endWithLeg,
  passMediaChanges,
  takeInfoKeys,
  transferBlind,
];
