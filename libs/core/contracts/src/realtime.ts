import { CallId, ConversationId, MailboxId, OrganisationId, ParticipantId, RoomId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { LiveCall, Registration } from './call.js';
import { ChatMessage, messagingCommands, Presence } from './messaging.js';
import { outcome } from './outcome.js';
import { Participant, RoomSnapshot } from './room.js';
import { ProducerInfo, SfuAnswer, SfuRequest } from './sfu.js';

/**
 * socket.io, path `/realtime`. Staff are known by their session cookie (and the Origin is checked); a guest by
 * `auth: { guestToken, name }` in the handshake, and may use the `room.*` requests of that one room only.
 * Every request is acknowledged with its outcome (`{ ok: true, … }` or a Refusal).
 */
const inRoom = z.object({ roomId: RoomId });
const onParticipant = inRoom.extend({ participantId: ParticipantId });
const Done = outcome({});

/** Browser → server. */
export const realtimeRequests = {
  'room.join': {
    input: inRoom,
    output: outcome({ participantId: ParticipantId, state: z.enum(['lobby', 'entered']), room: RoomSnapshot }),
  },
  'room.leave': { input: inRoom, output: Done },
  /** The room as one may see it now: asked for after being admitted from the lobby, and to catch up. */
  'room.snapshot': { input: inRoom, output: outcome({ room: RoomSnapshot }) },
  'room.media': { input: inRoom.extend({ request: SfuRequest }), output: SfuAnswer },
  'room.admit': { input: onParticipant, output: Done },
  'room.remove': { input: onParticipant, output: Done },
  'room.mute': { input: onParticipant.extend({ muted: z.boolean() }), output: Done },
  'room.raise-hand': { input: inRoom.extend({ raised: z.boolean() }), output: Done },
  'room.end': { input: inRoom, output: Done },
  'chat-message.send': {
    input: z.object({
      conversationId: ConversationId,
      body: z.string().trim().min(1).max(8000),
      clientToken: z.uuid(),
    }),
    output: messagingCommands['chat-message.send'].output,
  },
  'conversation.mark-read': {
    input: z.object({ conversationId: ConversationId, sequence: z.number().int().min(0) }),
    output: Done,
  },
  'conversation.typing': { input: z.object({ conversationId: ConversationId }), output: Done },
  'presence.activity': { input: z.object({ activity: z.enum(['active', 'idle']) }), output: Done },
  'presence.set': { input: z.object({ choice: z.enum(['automatic', 'away']) }), output: Done },
  'call.place': { input: z.object({ number: z.string().min(1).max(64) }), output: outcome({ callId: CallId }) },
  'call.hang-up': { input: z.object({ callId: CallId }), output: Done },
} as const;

/**
 * Server → browser. Staff get what concerns themselves (their calls, chat, mailbox) and the organisation's presence;
 * admins also every call and registration of their organisation. `room.*` goes to who is in that room.
 */
export const realtimeEvents = {
  'call.changed': z.object({ call: LiveCall }),
  'registration.added': z.object({ registration: Registration }),
  'registration.removed': z.object({ registration: Registration, reason: z.string() }),
  'chat-message.sent': z.object({ message: ChatMessage }),
  'conversation.opened': z.object({ conversationId: ConversationId }),
  'conversation.read': z.object({ conversationId: ConversationId, userId: UserId, sequence: z.number() }),
  'conversation.typed': z.object({ conversationId: ConversationId, userId: UserId }),
  'presence.changed': z.object({ presence: Presence }),
  'mailbox.changed': z.object({ mailboxId: MailboxId, newCount: z.number(), oldCount: z.number() }),
  'directory.changed': z.object({ organisationId: OrganisationId }),
  'room.participant-joined': inRoom.extend({ participant: Participant }),
  'room.participant-updated': inRoom.extend({ participant: Participant }),
  'room.participant-left': inRoom.extend({ participantId: ParticipantId, reason: z.string() }),
  'room.producer-added': inRoom.extend({ producer: ProducerInfo }),
  'room.producer-updated': inRoom.extend({ producer: ProducerInfo }),
  'room.producer-removed': inRoom.extend({ participantId: ParticipantId, producerId: z.string() }),
  'room.speaking': inRoom.extend({
    speakers: z.array(z.object({ participantId: ParticipantId, levelDb: z.number() })),
  }),
  'room.media-reset': inRoom,
  'room.ended': inRoom,
} as const;

export type RealtimeRequestName = keyof typeof realtimeRequests;
export type RealtimeInput<Name extends RealtimeRequestName> = z.input<(typeof realtimeRequests)[Name]['input']>;
export type RealtimeOutput<Name extends RealtimeRequestName> = z.output<(typeof realtimeRequests)[Name]['output']>;
export type RealtimeEventName = keyof typeof realtimeEvents;
export type RealtimeEventPayload<Name extends RealtimeEventName> = z.output<(typeof realtimeEvents)[Name]>;
