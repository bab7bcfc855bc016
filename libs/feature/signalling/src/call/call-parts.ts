import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { InviteSession, UserAgent } from '@carillon/sip-stack';
import type { SignallingFigures } from '../figures.js';
import type { FarCalls } from '../processes/give-calls.js';
import type { Registrar } from '../registrar/registrar.js';
import type { Directories } from '../routing/directories.js';
import type { Call } from './call.js';
import type { CallMedia } from './call-media.js';
import type { Calls } from './calls.js';
import type { Ladders } from '../ladder/ladders.js';
import type { Leg } from './leg.js';
import type { Trunks } from '../trunks/trunks.js';

/** Something that an answered leg does by itself, e.g. end its call when the phone hangs up. */
export type SessionBehaviour = (parts: CallParts, call: Call, leg: Leg, session: InviteSession) => void;

/** What the actions on calls work with. */
export interface CallParts {
  readonly userAgent: UserAgent;
  readonly bus: Bus;
  readonly media: CallMedia;
  readonly calls: Calls;
  /** Undefined where no other process has any. */
  readonly far?: FarCalls | undefined;
  /** Given to every leg when it is answered, in this order. */
  readonly behaviours: readonly SessionBehaviour[];
  readonly registrar: Registrar;
  readonly directories: Directories;
  readonly ladders: Ladders;
  readonly trunks: Trunks;
  /** Names and addresses that stand for us, beside the domains of organisations. */
  readonly ownHosts: ReadonlySet<string>;
  readonly figures: SignallingFigures;
  readonly clock: Clock;
  readonly logger: Logger;
}
