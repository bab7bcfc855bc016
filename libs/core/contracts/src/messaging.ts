import { ChatMessageId, ConversationId, MailboxId, OrganisationId, SessionId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';

export const ChatMessage = z.object({
  chatMessageId: ChatMessageId,
  conversationId: ConversationId,
  /** Counts up by one within the conversation, without gaps. */
  sequence: z.number().int().min(1),
  /** null once the author was deleted; what they wrote stays. */
  authorId: UserId.nullable(),
  body: z.string(),
  sentAt: Timestamp,
});
export type ChatMessage = z.infer<typeof ChatMessage>;

export const Conversation = z.object({
  conversationId: ConversationId,
  /** null for two people: shown under the other's name. */
  title: z.string().nullable(),
  /** Who was deleted is no member any more: only the reader may be left. */
  memberIds: z.array(UserId),
  lastMessage: ChatMessage.nullable(),
  /** Of the one who asks. */
  unread: z.number().int().min(0),
  lastReadSequence: z.number().int().min(0),
});
export type Conversation = z.infer<typeof Conversation>;

const asUser = z.object({ organisationId: OrganisationId, userId: UserId });
const inConversation = asUser.extend({ conversationId: ConversationId });

/** Handled by messaging. A conversation that the user is no member of does not exist for them: MESSAGING.NOT_FOUND. */
export const messagingCommands = {
  'conversation.list': command(asUser, outcome({ conversations: z.array(Conversation) })),
  /** Two people have one conversation: opening it again answers the same one. More than two make a new group. */
  'conversation.open': command(
    asUser.extend({ memberIds: z.array(UserId).min(1).max(50), title: z.string().min(1).max(80).optional() }),
    outcome({ conversation: Conversation }),
  ),
  /** Newest last; `before` pages back from that sequence. */
  'conversation.history': command(
    inConversation.extend({
      before: z.number().int().min(1).optional(),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    outcome({ messages: z.array(ChatMessage), more: z.boolean() }),
  ),
  /** `clientToken` makes a repeat after a lost answer harmless: the same token answers the same chat message. */
  'chat-message.send': command(
    inConversation.extend({ body: z.string().trim().min(1).max(8000), clientToken: z.uuid() }),
    outcome({ message: ChatMessage }),
  ),
  'conversation.mark-read': command(inConversation.extend({ sequence: z.number().int().min(0) }), outcome({})),
  'conversation.typing': command(inConversation, outcome({})),
} as const;

export const messagingEvents = {
  'chat-message.sent': z.object({
    organisationId: OrganisationId,
    memberIds: z.array(UserId),
    message: ChatMessage,
  }),
  'conversation.read': z.object({
    organisationId: OrganisationId,
    memberIds: z.array(UserId),
    conversationId: ConversationId,
    userId: UserId,
    sequence: z.number().int(),
  }),
  'conversation.typed': z.object({
    organisationId: OrganisationId,
    memberIds: z.array(UserId),
    conversationId: ConversationId,
    userId: UserId,
  }),
  'conversation.opened': z.object({
    organisationId: OrganisationId,
    memberIds: z.array(UserId),
    conversationId: ConversationId,
  }),
} as const;

/** `in-a-call` comes from real call and room state and wins over the others; `offline` is no browser and no phone. */
export const PresenceState = z.enum(['available', 'away', 'in-a-call', 'offline']);
export type PresenceState = z.infer<typeof PresenceState>;

export const Presence = z.object({ userId: UserId, state: PresenceState, since: Timestamp });
export type Presence = z.infer<typeof Presence>;

/** Handled by messaging. */
export const presenceCommands = {
  'presence.list': command(z.object({ organisationId: OrganisationId }), outcome({ presences: z.array(Presence) })),
  /** A browser of the user is there, active or idle; renewed every 30 s, forgotten after 75 s. `gone` on disconnect. */
  'presence.report': command(
    asUser.extend({ connectionId: z.string().max(64), activity: z.enum(['active', 'idle', 'gone']) }),
    outcome({}),
  ),
  /** The user's own word: 'away' until set back to 'automatic'. */
  'presence.set': command(asUser.extend({ choice: z.enum(['automatic', 'away']) }), outcome({})),
} as const;

export const presenceEvents = {
  'presence.changed': z.object({ organisationId: OrganisationId, presence: Presence }),
} as const;

export const voicemailEvents = {
  /** A mailbox's counts changed (message left, heard, deleted): lights lamps (RFC 3842) and badges. */
  'mailbox.changed': z.object({
    organisationId: OrganisationId,
    mailboxId: MailboxId,
    userId: UserId,
    newCount: z.number().int(),
    oldCount: z.number().int(),
  }),
} as const;

/** Published by the gateway when an admin changed something that running parts must know. */
export const directoryEvents = {
  /** Users, devices, extensions, groups, menus or rooms of the organisation changed: cached look-ups are stale. */
  'directory.changed': z.object({ organisationId: OrganisationId }),
  /** The user may no longer use the system: calls and registrations end, sessions are revoked. */
  'user.disabled': z.object({ organisationId: OrganisationId, userId: UserId }),
  /** Logins of the user are over: one, or (null) all but `exceptSessionId`. Their open connections are closed. */
  'session.revoked': z.object({
    organisationId: OrganisationId,
    userId: UserId,
    sessionId: SessionId.nullable(),
    exceptSessionId: SessionId.nullable().default(null),
  }),
  /** The device's credentials are void (deleted, disabled, or new password): its registrations end. */
  'device.revoked': z.object({ organisationId: OrganisationId, userId: UserId, sipUsername: z.string() }),
} as const;

const MailboxCounts = { newCount: z.number().int(), oldCount: z.number().int() };
/** Handled by voice-apps; `ids` are checked to be in the user's own mailbox. */
export const voicemailCommands = {
  'mailbox.counts': command(z.object({ organisationId: OrganisationId, mailboxId: MailboxId }), outcome(MailboxCounts)),
  'voicemail.mark-heard': command(asUser.extend({ voicemailMessageId: z.uuid(), heard: z.boolean() }), outcome({})),
  'voicemail.delete': command(asUser.extend({ voicemailMessageId: z.uuid() }), outcome({})),
} as const;
