import { EndpointId, OrganisationId, OwnerId, ParticipantId, RoomId } from '@carillon/domain';
import { z } from 'zod';
import { PlaySource } from './media.js';
import { command, JsonObject, outcome } from './outcome.js';

/** Where a producer's media comes from. A phone has one, 'microphone'. */
export const ProducerSource = z.enum(['microphone', 'camera', 'screen', 'screen-audio']);
export type ProducerSource = z.infer<typeof ProducerSource>;

export const ProducerInfo = z.object({
  producerId: z.string(),
  participantId: ParticipantId,
  kind: z.enum(['audio', 'video']),
  source: ProducerSource,
  paused: z.boolean(),
});
export type ProducerInfo = z.infer<typeof ProducerInfo>;

/** What a browser asks of its room's media, in mediasoup's own terms; parameters are passed on whole. */
export const SfuRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('router-capabilities') }),
  z.object({ type: z.literal('create-transport'), direction: z.enum(['send', 'receive']) }),
  z.object({ type: z.literal('connect-transport'), transportId: z.string(), dtlsParameters: JsonObject }),
  z.object({ type: z.literal('restart-ice'), transportId: z.string() }),
  z.object({
    type: z.literal('produce'),
    transportId: z.string(),
    kind: z.enum(['audio', 'video']),
    source: ProducerSource,
    rtpParameters: JsonObject,
    paused: z.boolean().default(false),
  }),
  z.object({ type: z.literal('pause-producer'), producerId: z.string(), paused: z.boolean() }),
  z.object({ type: z.literal('close-producer'), producerId: z.string() }),
  z.object({ type: z.literal('list-producers') }),
  z.object({
    type: z.literal('consume'),
    transportId: z.string(),
    producerId: z.string(),
    rtpCapabilities: JsonObject,
  }),
  z.object({ type: z.literal('pause-consumer'), consumerId: z.string(), paused: z.boolean() }),
  z.object({
    type: z.literal('prefer-layers'),
    consumerId: z.string(),
    spatialLayer: z.number().int().min(0).max(3),
    temporalLayer: z.number().int().min(0).max(3).optional(),
  }),
  z.object({ type: z.literal('close-consumer'), consumerId: z.string() }),
]);
export type SfuRequest = z.infer<typeof SfuRequest>;

/**
 * `data` by request: router-capabilities → `{ rtpCapabilities }`; create-transport → `{ transportId, iceParameters,
 * iceCandidates, dtlsParameters }`; restart-ice → `{ iceParameters }`; produce → `{ producerId }`; list-producers →
 * `{ producers: ProducerInfo[] }`; consume → `{ consumerId, producerId, kind, rtpParameters, paused, source,
 * participantId }` (consumers start paused: `pause-consumer` with `paused: false` starts them); the others → `{}`.
 */
export const SfuAnswer = outcome({ data: JsonObject });

const inRoom = z.object({ roomId: RoomId });
const ofParticipant = inRoom.extend({ participantId: ParticipantId });

/** Handled by the media plane; only conferencing calls these. All but `sfu.open-room` are addressed to its `ownerId`. */
export const sfuCommands = {
  /** Opens the room's router and mix; opening what is open answers the same. */
  'sfu.open-room': command(inRoom.extend({ organisationId: OrganisationId }), outcome({ ownerId: OwnerId })),
  'sfu.close-room': command(inRoom, outcome({})),
  /** A browser's request. A participant exists for the SFU from its first request on. */
  'sfu.request': command(ofParticipant.extend({ request: SfuRequest }), SfuAnswer),
  /** Puts a phone's endpoint into the room: it hears all but itself, and all hear it through a producer of its own. */
  'sfu.attach-phone': command(
    ofParticipant.extend({ endpointId: EndpointId, muted: z.boolean() }),
    outcome({ producerId: z.string() }),
  ),
  /** Takes the phone out of the room; its endpoint lives on. */
  'sfu.detach-phone': command(ofParticipant, outcome({})),
  /** Mutes a participant's microphone in the media plane itself, browser or phone alike. */
  'sfu.mute': command(ofParticipant.extend({ muted: z.boolean() }), outcome({})),
  /** Closes all of the participant's transports or detaches its phone. */
  'sfu.remove': command(ofParticipant, outcome({})),
  /** Plays to the room's phones, over what they hear. */
  'sfu.announce': command(inRoom.extend({ sources: z.array(PlaySource).min(1).max(16) }), outcome({})),
} as const;

export const sfuEvents = {
  'sfu.producer-added': inRoom.extend({ organisationId: OrganisationId, producer: ProducerInfo }),
  'sfu.producer-updated': inRoom.extend({ organisationId: OrganisationId, producer: ProducerInfo }),
  'sfu.producer-removed': inRoom.extend({
    organisationId: OrganisationId,
    participantId: ParticipantId,
    producerId: z.string(),
  }),
  /** Who speaks now, loudest first; empty when all are silent. Sent on change, at most five times a second. */
  'sfu.speaking': inRoom.extend({
    organisationId: OrganisationId,
    speakers: z.array(z.object({ participantId: ParticipantId, levelDb: z.number() })),
  }),
  /** The room's media is gone (its mediasoup worker died). Conferencing opens it again and participants rejoin. */
  'sfu.room-lost': inRoom.extend({ organisationId: OrganisationId, reason: z.string() }),
} as const;
