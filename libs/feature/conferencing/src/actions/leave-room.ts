import type { ConferencingParts } from '../conferencing-parts.js';
import type { SentenceName } from '../announcements.js';
import type { PhoneLine } from '../phone/phone-line.js';
import { type LeaveReason, nextParticipantState, type ParticipantEvent } from '../room/participant-state.js';
import type { Member, Room } from '../room/room.js';

/** What a phone is told before it is hung up; nothing where nobody listens any more. */
const FAREWELL: Readonly<Record<LeaveReason, SentenceName | undefined>> = {
  left: undefined,
  lost: undefined,
  removed: 'removed',
  denied: 'denied',
  'room-ended': 'ended',
};

/** Says goodbye and ends the call. Never rejects. */
export async function bidFarewell(
  { announcements }: Pick<ConferencingParts, 'announcements'>,
  line: PhoneLine,
  sentence: SentenceName | undefined,
): Promise<void> {
  line.onKey = undefined;
  if (line.gone) return;
  if (sentence !== undefined) await line.play(await announcements.say(sentence));
  await line.hangUp('The meeting is over for this caller');
}

/** Takes one out, tells the others, and frees its media. Within `room.run`; what follows for the room is `afterLeaving`. */
export async function leaveRoom(
  parts: ConferencingParts,
  room: Room,
  member: Member,
  event: ParticipantEvent,
): Promise<void> {
  const step = nextParticipantState(member.state, event);
  if (step?.state !== 'gone') return;
  const { participantId } = member.view;
  const hadMedia = member.state === 'entered';
  member.state = 'gone';
  room.members.delete(participantId);
  if (hadMedia) await parts.media.remove(room, participantId);
  for (const [producerId, producer] of room.producers)
    if (producer.participantId === participantId) room.producers.delete(producerId);
  const { organisationId, roomId } = room;
  parts.bus.publish('room.participant-left', { organisationId, roomId, participantId, reason: step.reason });
  if (member.phone !== undefined) void bidFarewell(parts, member.phone, FAREWELL[step.reason]);
}
