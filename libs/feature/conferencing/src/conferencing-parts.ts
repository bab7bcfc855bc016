import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { Announcements } from './announcements.js';
import type { PhoneLines } from './phone/phone-lines.js';
import type { PinGuard } from './phone/pin-guard.js';
import type { LiveRooms } from './room/live-rooms.js';
import type { RoomDirectory } from './room-directory.js';
import type { RoomMedia } from './room-media.js';

/** What every action works with. */
export interface ConferencingParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: Pick<RoomDirectory, 'findRoom' | 'findStaff'>;
  readonly announcements: Pick<Announcements, 'say' | 'welcome' | 'lobby'>;
  readonly rooms: LiveRooms;
  readonly media: RoomMedia;
  readonly lines: PhoneLines;
  readonly pinGuard: PinGuard;
  readonly limits: ConferencingLimits;
}

export interface ConferencingLimits {
  /** Lobby included. */
  readonly participantsPerRoom: number;
  /** Characters of a participant's name. */
  readonly nameLength: number;
}

export const DEFAULT_CONFERENCING_LIMITS: ConferencingLimits = { participantsPerRoom: 100, nameLength: 80 };
