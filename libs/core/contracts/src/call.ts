import {
  CallId,
  DeviceId,
  EndpointId,
  IvrMenuId,
  LegId,
  MailboxId,
  OrganisationId,
  OwnerId,
  RingGroupId,
  RoomId,
  UserId,
} from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';

/** One end of a call as people know it. */
export const Party = z.object({ number: z.string(), name: z.string().nullable(), userId: UserId.nullable() });
export type Party = z.infer<typeof Party>;

/** Where a call leads. `unknown` is an unassigned number, `external` one that is reached over a trunk. */
export const CallTargetKind = z.enum(['user', 'group', 'ivr', 'room', 'voicemail', 'echo', 'external', 'unknown']);
export type CallTargetKind = z.infer<typeof CallTargetKind>;

export const LiveLeg = z.object({
  legId: LegId,
  role: z.enum(['caller', 'callee']),
  number: z.string(),
  userId: UserId.nullable(),
  deviceId: DeviceId.nullable(),
  state: z.enum(['trying', 'ringing', 'answered', 'ended']),
  /** Why it ended, in words ("Busy here", "Completed elsewhere"). */
  reason: z.string().nullable(),
  sipStatus: z.number().nullable(),
});
export type LiveLeg = z.infer<typeof LiveLeg>;

export const CallState = z.enum(['routing', 'ringing', 'answered', 'ended']);
/** `redirected`: the caller was told where to call instead (SIP 302), and what came of it is not known here. */
export const CallOutcome = z.enum([
  'answered',
  'voicemail',
  'missed',
  'busy',
  'declined',
  'cancelled',
  'redirected',
  'failed',
]);
export type CallOutcome = z.infer<typeof CallOutcome>;

/** A call as everyone who may see it sees it; every call event carries the whole of it. */
export const LiveCall = z.object({
  callId: CallId,
  organisationId: OrganisationId,
  direction: z.enum(['internal', 'inbound', 'outbound']),
  from: Party,
  to: Party.extend({ kind: CallTargetKind }),
  state: CallState,
  startedAt: Timestamp,
  answeredAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  /** Counts up with every change of this call: a lower one that comes later is stale. */
  revision: z.number().int(),
  legs: z.array(LiveLeg),
  outcome: CallOutcome.nullable(),
  endReason: z.string().nullable(),
  sipStatus: z.number().nullable(),
});
export type LiveCall = z.infer<typeof LiveCall>;

/** Where to send a call that is up, or a caller in an IVR. */
export const RedirectTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), number: z.string().max(32) }),
  z.object({ kind: z.literal('user'), userId: UserId }),
  z.object({ kind: z.literal('group'), ringGroupId: RingGroupId }),
  z.object({ kind: z.literal('voicemail'), mailboxId: MailboxId }),
  z.object({ kind: z.literal('ivr'), ivrMenuId: IvrMenuId }),
  z.object({ kind: z.literal('room'), roomId: RoomId }),
]);
export type RedirectTarget = z.infer<typeof RedirectTarget>;

const ofCall = z.object({ organisationId: OrganisationId, callId: CallId });

/** Handled by signalling. */
export const callCommands = {
  /** Answers the caller (200 OK) with the media endpoint that the call has; answering again is no error. For voice apps and rooms. */
  'call.answer': command(ofCall, outcome({})),
  /** Ends the call. `sipStatus` is sent where it was not answered yet (default 480). Ending what is over is no error. */
  'call.hang-up': command(
    ofCall.extend({ reason: z.string().max(128).optional(), sipStatus: z.number().int().min(400).max(699).optional() }),
    outcome({}),
  ),
  /**
   * Routes the caller anew, e.g. from an IVR. The caller hears ringback meanwhile. Refused with CALL.NO_ROUTE where the
   * number is unknown (the caller stays where it is), CALL.GONE where the call is over. With `fallback: 'return'` a target
   * that does not answer hands the caller back: `call.redirect-failed` is published.
   */
  'call.redirect': command(
    ofCall.extend({ target: RedirectTarget, fallback: z.enum(['target', 'return']).default('target') }),
    outcome({}),
  ),
  /** Click to call: rings the user's own devices first and then the number. Refusals: CALL.NO_DEVICE, CALL.NO_ROUTE. */
  'call.place': command(
    z.object({ organisationId: OrganisationId, userId: UserId, number: z.string().min(1).max(64) }),
    outcome({ callId: CallId }),
  ),
  'call.list': command(z.object({ organisationId: OrganisationId }), outcome({ calls: z.array(LiveCall) })),
} as const;

export const callEvents = {
  'call.started': z.object({ call: LiveCall }),
  /** A leg rings, or anything else but state changed. */
  'call.updated': z.object({ call: LiveCall }),
  'call.answered': z.object({ call: LiveCall }),
  'call.ended': z.object({ call: LiveCall }),
  /** A redirect with `fallback: 'return'` found nobody; the caller is back with the application. */
  'call.redirect-failed': ofCall.extend({ outcome: CallOutcome }),
} as const;

/** A call that is handed to an application, with its endpoint open and not yet answered. */
const HandOver = z.object({
  organisationId: OrganisationId,
  callId: CallId,
  legId: LegId,
  endpointId: EndpointId,
  mediaOwnerId: OwnerId,
  caller: Party,
});

export const VoiceApp = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ivr'), ivrMenuId: IvrMenuId }),
  z.object({
    kind: z.literal('leave-voicemail'),
    mailboxId: MailboxId,
    reason: z.enum(['no-answer', 'busy', 'unreachable', 'declined', 'direct']),
  }),
  /** The phone menu of a mailbox: the caller's own, or null to ask which. */
  z.object({ kind: z.literal('voicemail-menu'), mailboxId: MailboxId.nullable() }),
  z.object({ kind: z.literal('echo') }),
]);
export type VoiceApp = z.infer<typeof VoiceApp>;

export const voiceAppCommands = {
  /** Takes a call over. It answers by `call.answer`, speaks by `media.*`, and ends by `call.hang-up` or `call.redirect`; `call.ended` and a redirect cancel it. */
  'voice-app.start': command(HandOver.extend({ app: VoiceApp }), outcome({})),
  /** Signalling takes the caller back (redirect, hang-up): whatever runs stops without ending the call. */
  'voice-app.stop': command(ofCall, outcome({})),
} as const;

export const roomPhoneCommands = {
  /** Takes a caller over: asks for the PIN where the room has one, puts it into the lobby or the meeting. */
  'room.join-by-phone': command(HandOver.extend({ roomId: RoomId }), outcome({})),
} as const;

export const Registration = z.object({
  organisationId: OrganisationId,
  userId: UserId,
  deviceId: DeviceId,
  sipUsername: z.string(),
  deviceName: z.string(),
  contact: z.string(),
  source: z.string(),
  protocol: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']),
  userAgent: z.string().nullable(),
  registeredAt: Timestamp,
  expiresAt: Timestamp,
});
export type Registration = z.infer<typeof Registration>;

export const registrationCommands = {
  'registration.list': command(
    z.object({ organisationId: OrganisationId, userId: UserId.optional() }),
    outcome({ registrations: z.array(Registration) }),
  ),
} as const;

export const registrationEvents = {
  'registration.added': z.object({ registration: Registration }),
  'registration.removed': z.object({
    registration: Registration,
    reason: z.enum(['unregistered', 'expired', 'removed', 'flow-broken']),
  }),
} as const;
