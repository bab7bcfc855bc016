import { CallId, RoomId, UserId, VoicemailMessageId } from '@carillon/domain';
import { z } from 'zod';
import { CallOutcome, CallState, CallTargetKind, LiveCall, LiveLeg, Party } from '../call.js';
import { ChatMessage, Conversation, Presence } from '../messaging.js';
import { Timestamp } from '../outcome.js';
import { Page } from './fields.js';
import { Room } from './rooms.js';
import { route } from './route.js';

/** A call that is over (or was cut off by a restart: outcome 'failed'). */
export const CallRecord = z.object({
  callId: CallId,
  direction: z.enum(['internal', 'inbound', 'outbound']),
  from: Party,
  to: Party.extend({ kind: CallTargetKind }),
  startedAt: Timestamp,
  answeredAt: Timestamp.nullable(),
  endedAt: Timestamp,
  /** Talk time: from answer to end. */
  durationSeconds: z.number(),
  outcome: CallOutcome,
  endReason: z.string().nullable(),
  sipStatus: z.number().nullable(),
  legs: z.array(LiveLeg),
});
export type CallRecord = z.infer<typeof CallRecord>;

/** One call, also while it goes on: then there is no end yet, and no outcome. */
export const CallDetail = CallRecord.omit({ durationSeconds: true }).extend({
  state: CallState,
  endedAt: Timestamp.nullable(),
  outcome: CallOutcome.nullable(),
});
export type CallDetail = z.infer<typeof CallDetail>;

export const CallQuery = Page.extend({
  outcome: CallOutcome.optional(),
  /** Part of a number or name. */
  search: z.string().trim().max(64).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});
export const CallPage = z.object({ calls: z.array(CallRecord), nextCursor: z.string().nullable() });

export const Contact = z.object({
  userId: UserId,
  displayName: z.string(),
  email: z.string(),
  extension: z.string().nullable(),
  disabled: z.boolean(),
});
export type Contact = z.infer<typeof Contact>;

export const Voicemail = z.object({
  voicemailMessageId: VoicemailMessageId,
  from: Party,
  receivedAt: Timestamp,
  durationSeconds: z.number(),
  heard: z.boolean(),
});
export type Voicemail = z.infer<typeof Voicemail>;

/** All of these answer for the logged-in user alone. */
export const staffRoutes = {
  myCalls: route({ method: 'GET', path: '/api/calls', access: 'staff', query: CallQuery, response: CallPage }),
  /** The whole organisation's. */
  allCalls: route({ method: 'GET', path: '/api/admin/calls', access: 'admin', query: CallQuery, response: CallPage }),
  /** One of the organisation's, over or not. A call of another organisation does not exist: 404. */
  getCall: route({ method: 'GET', path: '/api/admin/calls/:callId', access: 'admin', response: CallDetail }),
  myLiveCalls: route({ method: 'GET', path: '/api/calls/live', access: 'staff', response: z.array(LiveCall) }),
  contacts: route({ method: 'GET', path: '/api/contacts', access: 'staff', response: z.array(Contact) }),
  presences: route({ method: 'GET', path: '/api/presence', access: 'staff', response: z.array(Presence) }),
  voicemails: route({ method: 'GET', path: '/api/voicemail', access: 'staff', response: z.array(Voicemail) }),
  /** audio/wav, with Range. */
  voicemailAudio: route({ method: 'GET', path: '/api/voicemail/:voicemailMessageId/audio', access: 'staff' }),
  markVoicemail: route({
    method: 'PATCH',
    path: '/api/voicemail/:voicemailMessageId',
    access: 'staff',
    body: z.object({ heard: z.boolean() }),
  }),
  deleteVoicemail: route({ method: 'DELETE', path: '/api/voicemail/:voicemailMessageId', access: 'staff' }),
  conversations: route({ method: 'GET', path: '/api/conversations', access: 'staff', response: z.array(Conversation) }),
  openConversation: route({
    method: 'POST',
    path: '/api/conversations',
    access: 'staff',
    body: z.object({ memberIds: z.array(UserId).min(1).max(50), title: z.string().min(1).max(80).optional() }),
    response: Conversation,
  }),
  history: route({
    method: 'GET',
    path: '/api/conversations/:conversationId/messages',
    access: 'staff',
    query: z.object({
      before: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({ messages: z.array(ChatMessage), more: z.boolean() }),
  }),
  rooms: route({
    method: 'GET',
    path: '/api/rooms',
    access: 'staff',
    response: z.array(Room.extend({ participants: z.number() })),
  }),
  room: route({ method: 'GET', path: '/api/rooms/:roomId', access: 'staff', response: Room }),
  /** A new guest link; the one before it no longer works. */
  renewGuestLink: route({
    method: 'POST',
    path: '/api/rooms/:roomId/guest-link',
    access: 'staff',
    response: z.object({ guestUrl: z.string() }),
  }),
  /** What a guest sees before asking to come in. 404 for a link that is no longer valid. */
  guestRoom: route({
    method: 'GET',
    path: '/api/guest/:guestToken',
    access: 'public',
    response: z.object({ roomId: RoomId, roomName: z.string(), organisationName: z.string() }),
  }),
} as const;
