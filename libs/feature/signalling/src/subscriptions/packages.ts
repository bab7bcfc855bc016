import type { EventPackage } from '@carillon/sip-stack';
import { DIALOG_INFO_TYPE } from './dialog-info.js';
import { MESSAGE_SUMMARY_TYPE } from './message-summary.js';
import { REGINFO_TYPE } from '../registrar/reginfo.js';
import { PIDF_TYPE } from './pidf.js';

/** RFC 3842: an hour, as its §3.5 recommends. */
const MESSAGE_SUMMARY: EventPackage = {
  name: 'message-summary',
  bodyTypes: [MESSAGE_SUMMARY_TYPE],
  defaultExpires: 3600,
  minimumExpires: 60,
  maximumExpires: 3600,
};

/**
 * RFC 4235. Granted for ten minutes at most: after a crash of ours a lamp shows what was for no longer than that. Its §3.10 would
 * have one NOTIFY a second, which hides calls that ring shortly, so only bursts are held.
 */
export const DIALOG: EventPackage = {
  name: 'dialog',
  bodyTypes: [DIALOG_INFO_TYPE],
  defaultExpires: 600,
  minimumExpires: 60,
  maximumExpires: 600,
  minimumIntervalMilliseconds: 250,
};

/** RFC 3856 §6.4; not more than one NOTIFY in five seconds (§6.10). */
export const PRESENCE: EventPackage = {
  name: 'presence',
  bodyTypes: [PIDF_TYPE],
  defaultExpires: 3600,
  minimumExpires: 60,
  maximumExpires: 3600,
  minimumIntervalMilliseconds: 5000,
};

/** RFC 3680: an hour (§4.4), not more than one NOTIFY in five seconds (§4.10). */
export const REG: EventPackage = {
  name: 'reg',
  bodyTypes: [REGINFO_TYPE],
  defaultExpires: 3761,
  minimumExpires: 60,
  maximumExpires: 3761,
  minimumIntervalMilliseconds: 5000,
};

export const EVENT_PACKAGES = [MESSAGE_SUMMARY, DIALOG, PRESENCE, REG] as const;
