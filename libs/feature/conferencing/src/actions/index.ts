import { admit } from './admit.js';
import { end } from './end.js';
import { join } from './join.js';
import { joinByPhone } from './join-by-phone.js';
import { leave } from './leave.js';
import { listLive } from './list-live.js';
import { media } from './media.js';
import { mute } from './mute.js';
import { raiseHand } from './raise-hand.js';
import { remove } from './remove.js';
import { snapshot } from './snapshot.js';
import type { CommandPayload } from '@carillon/contracts';
import type { CommandAnswer } from '@carillon/event-bus';
import type { ConferencingParts } from '../conferencing-parts.js';

export type RoomCommandName =
  | 'room.join'
  | 'room.join-by-phone'
  | 'room.leave'
  | 'room.snapshot'
  | 'room.media'
  | 'room.admit'
  | 'room.remove'
  | 'room.mute'
  | 'room.raise-hand'
  | 'room.end'
  | 'room.list-live';

export type RoomAction<Name extends RoomCommandName> = (
  parts: ConferencingParts,
  payload: CommandPayload<Name>,
) => CommandAnswer<Name> | Promise<CommandAnswer<Name>>;

/** Everything that can be asked of a room. */
export const ACTIONS: { readonly [Name in RoomCommandName]: RoomAction<Name> } = {
  'room.join': join,
  'room.join-by-phone': joinByPhone,
  'room.leave': leave,
  'room.snapshot': snapshot,
  'room.media': media,
  'room.admit': admit,
  'room.remove': remove,
  'room.mute': mute,
  'room.raise-hand': raiseHand,
  'room.end': end,
  'room.list-live': listLive,
};
