import { z } from 'zod';

/** A UUID of one kind of thing; the brand keeps a call's id out of a user's place. */
const id = <Name extends string>(name: Name) => z.uuid({ error: `${name} must be a UUID` }).brand<Name>();

export const OrganisationId = id('OrganisationId');
export type OrganisationId = z.infer<typeof OrganisationId>;
export const UserId = id('UserId');
export type UserId = z.infer<typeof UserId>;
export const DeviceId = id('DeviceId');
export type DeviceId = z.infer<typeof DeviceId>;
export const ExtensionId = id('ExtensionId');
export type ExtensionId = z.infer<typeof ExtensionId>;
export const RingGroupId = id('RingGroupId');
export type RingGroupId = z.infer<typeof RingGroupId>;
export const IvrMenuId = id('IvrMenuId');
export type IvrMenuId = z.infer<typeof IvrMenuId>;
export const RoomId = id('RoomId');
export type RoomId = z.infer<typeof RoomId>;
export const MailboxId = id('MailboxId');
export type MailboxId = z.infer<typeof MailboxId>;
export const VoicemailMessageId = id('VoicemailMessageId');
export type VoicemailMessageId = z.infer<typeof VoicemailMessageId>;
export const ConversationId = id('ConversationId');
export type ConversationId = z.infer<typeof ConversationId>;
export const ChatMessageId = id('ChatMessageId');
export type ChatMessageId = z.infer<typeof ChatMessageId>;
export const SessionId = id('SessionId');
export type SessionId = z.infer<typeof SessionId>;

export const TrunkId = id('TrunkId');
export type TrunkId = z.infer<typeof TrunkId>;
export const CertificateId = id('CertificateId');
export type CertificateId = z.infer<typeof CertificateId>;
export const SafeNetworkId = id('SafeNetworkId');
export type SafeNetworkId = z.infer<typeof SafeNetworkId>;

/** What the user sees as one call, whatever number of legs it has. */
export const CallId = id('CallId');
export type CallId = z.infer<typeof CallId>;
/** One side of a call. */
export const LegId = id('LegId');
export type LegId = z.infer<typeof LegId>;
/** A media termination. */
export const EndpointId = id('EndpointId');
export type EndpointId = z.infer<typeof EndpointId>;
/** One in a room. */
export const ParticipantId = id('ParticipantId');
export type ParticipantId = z.infer<typeof ParticipantId>;
/** One playing of prompts or tones on an endpoint. */
export const PlayId = id('PlayId');
export type PlayId = z.infer<typeof PlayId>;
/** One recording. */
export const RecordingId = id('RecordingId');
export type RecordingId = z.infer<typeof RecordingId>;

/** The process to which a thing is pinned: commands about that thing are addressed to it. */
export const OwnerId = z.string().min(1).max(64).brand<'OwnerId'>();
export type OwnerId = z.infer<typeof OwnerId>;

/** A new id of the given kind, from the platform's own random UUIDs, which need no check. */
export function newId<Schema extends z.ZodType>(_kind: Schema): z.output<Schema> {
  return crypto.randomUUID() as z.output<Schema>;
}
