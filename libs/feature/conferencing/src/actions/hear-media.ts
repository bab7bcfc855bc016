import type { EventPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import type { Room } from '../room/room.js';
import { advancePhase } from './advance-phase.js';
import { updateView } from './update-view.js';

/** A producer of someone in the room exists, or is paused or not: the others are told. Within `room.run`. */
export async function hearProducer(
  parts: ConferencingParts,
  room: Room,
  { producer }: EventPayload<'sfu.producer-added'>,
  isNew: boolean,
): Promise<void> {
  const member = room.members.get(producer.participantId);
  // Its owner left meanwhile: the SFU closes it presently.
  if (member === undefined) return;
  const { organisationId, roomId } = room;
  room.producers.set(producer.producerId, producer);
  parts.bus.publish(isNew ? 'room.producer-added' : 'room.producer-updated', { organisationId, roomId, producer });
  if (producer.source !== 'microphone' || producer.paused === member.view.muted) return;
  // Muted before it had a microphone, or muted by itself just now.
  if (isNew && member.view.muted) await parts.media.mute(room, producer.participantId, true);
  else updateView(parts, room, member, { muted: producer.paused, mutedByHost: false });
}

export function forgetProducer(
  parts: ConferencingParts,
  room: Room,
  { participantId, producerId }: EventPayload<'sfu.producer-removed'>,
): void {
  if (!room.producers.delete(producerId)) return;
  const { organisationId, roomId } = room;
  parts.bus.publish('room.producer-removed', { organisationId, roomId, participantId, producerId });
}

export function hearSpeakers(parts: ConferencingParts, room: Room, { speakers }: EventPayload<'sfu.speaking'>): void {
  const { organisationId, roomId } = room;
  const present = speakers.filter(({ participantId }) => room.members.has(participantId));
  parts.bus.publish('room.speaking', { organisationId, roomId, speakers: present });
}

/** The room's media is gone: it is opened again, phones are put back, browsers told to begin anew. */
export async function loseMedia(parts: ConferencingParts, room: Room): Promise<void> {
  parts.logger.warn({ roomId: room.roomId }, 'The media of a meeting was lost and is opened again');
  room.mediaOwnerId = undefined;
  await advancePhase(parts, room, 'media-lost');
}
