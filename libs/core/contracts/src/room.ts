import { OrganisationId, ParticipantId, RoomId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';
import { ProducerInfo, SfuAnswer, SfuRequest } from './sfu.js';

/** A participant, whatever its endpoint: a phone is listed and acted on like a browser. */
export const Participant = z.object({
  participantId: ParticipantId,
  name: z.string(),
  endpoint: z.enum(['browser', 'phone']),
  identity: z.enum(['user', 'guest', 'caller']),
  userId: UserId.nullable(),
  number: z.string().nullable(),
  role: z.enum(['host', 'member']),
  state: z.enum(['lobby', 'entered']),
  muted: z.boolean(),
  /** By another's word, not by its own: its browser switches the microphone off. */
  mutedByHost: z.boolean(),
  handRaised: z.boolean(),
  joinedAt: Timestamp,
});
export type Participant = z.infer<typeof Participant>;

export const RoomSnapshot = z.object({
  roomId: RoomId,
  organisationId: OrganisationId,
  name: z.string(),
  extension: z.string().nullable(),
  startedAt: Timestamp.nullable(),
  lobby: z.boolean(),
  participants: z.array(Participant),
  producers: z.array(ProducerInfo),
});
export type RoomSnapshot = z.infer<typeof RoomSnapshot>;

const ofParticipant = z.object({ organisationId: OrganisationId, roomId: RoomId, participantId: ParticipantId });
/** `by` is the participant that asks; conferencing decides whether it may. */
const onParticipant = ofParticipant.extend({ by: ParticipantId });

/** Handled by conferencing. */
export const roomCommands = {
  /**
   * A browser comes in. Staff enter at once (admins and the room's owner as hosts; where no host is present the first
   * staff member is one); guests wait in the lobby until a host admits them. In the lobby `room` lists no one else.
   * Refusals: ROOM.NOT_FOUND, ROOM.FULL.
   */
  'room.join': command(
    z.object({
      organisationId: OrganisationId,
      roomId: RoomId,
      identity: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('user'), userId: UserId, admin: z.boolean(), name: z.string() }),
        z.object({ kind: z.literal('guest'), name: z.string().min(1).max(80) }),
      ]),
    }),
    outcome({ participantId: ParticipantId, state: z.enum(['lobby', 'entered']), room: RoomSnapshot }),
  ),
  'room.leave': command(ofParticipant, outcome({})),
  /** Asks for the room as this participant may see it. */
  'room.snapshot': command(ofParticipant, outcome({ room: RoomSnapshot })),
  /** The browser's media; refused with ROOM.IN_LOBBY before it was admitted. */
  'room.media': command(ofParticipant.extend({ request: SfuRequest }), SfuAnswer),
  'room.admit': command(onParticipant, outcome({})),
  /** Turns away someone in the lobby, or removes someone who is in. */
  'room.remove': command(onParticipant, outcome({})),
  /** Oneself, or another's as host (a host may mute others, never unmute them). */
  'room.mute': command(onParticipant.extend({ muted: z.boolean() }), outcome({})),
  'room.raise-hand': command(ofParticipant.extend({ raised: z.boolean() }), outcome({})),
  /** Ends the meeting for all. */
  'room.end': command(z.object({ organisationId: OrganisationId, roomId: RoomId, by: ParticipantId }), outcome({})),
  /** The rooms in use in an organisation. */
  'room.list-live': command(z.object({ organisationId: OrganisationId }), outcome({ rooms: z.array(RoomSnapshot) })),
} as const;

const inRoom = z.object({ organisationId: OrganisationId, roomId: RoomId });

/** Ordered per room; the gateway passes them on to the browsers in it (lobby events only to hosts). */
export const roomEvents = {
  'room.participant-joined': inRoom.extend({ participant: Participant }),
  'room.participant-updated': inRoom.extend({ participant: Participant }),
  'room.participant-left': inRoom.extend({
    participantId: ParticipantId,
    reason: z.enum(['left', 'removed', 'denied', 'room-ended', 'lost']),
  }),
  'room.producer-added': inRoom.extend({ producer: ProducerInfo }),
  'room.producer-updated': inRoom.extend({ producer: ProducerInfo }),
  'room.producer-removed': inRoom.extend({ participantId: ParticipantId, producerId: z.string() }),
  'room.speaking': inRoom.extend({
    speakers: z.array(z.object({ participantId: ParticipantId, levelDb: z.number() })),
  }),
  /** The room's media was lost and is open again: browsers build their transports anew. */
  'room.media-reset': inRoom,
  'room.ended': inRoom,
} as const;

export type RoomEventName = keyof typeof roomEvents;
/** All that a room tells those who are in it. */
export const ROOM_EVENTS = Object.keys(roomEvents) as readonly RoomEventName[];
