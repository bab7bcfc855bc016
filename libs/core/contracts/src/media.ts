import {
  CallId,
  DtmfDigit,
  EndpointId,
  LegId,
  MediaEncryption,
  OrganisationId,
  OwnerId,
  PlayId,
  RecordingId,
} from '@carillon/domain';
import { z } from 'zod';
import { command, outcome } from './outcome.js';

/**
 * The hand-off between the planes: SDP text and these commands cross, nothing else.
 * Every command but `media.open` is addressed to the `ownerId` that `media.open` answered.
 */

/** What a player plays, in order. Tones are in Hz; times in milliseconds. */
export const PlaySource = z.discriminatedUnion('kind', [
  /** A WAV file (PCM16, mono) by absolute path. */
  z.object({ kind: z.literal('file'), path: z.string().max(4096) }),
  z.object({
    kind: z.literal('tone'),
    frequencies: z.array(z.number().min(20).max(4000)).min(1).max(4),
    durationMs: z.number().int().min(10).max(60_000),
  }),
  z.object({ kind: z.literal('silence'), durationMs: z.number().int().min(10).max(60_000) }),
  /** The music for who is on hold, once. */
  z.object({ kind: z.literal('hold-music') }),
]);
export type PlaySource = z.infer<typeof PlaySource>;

export const PlayEndReason = z.enum(['finished', 'stopped', 'dtmf', 'closed', 'failed']);
export const RecordEndReason = z.enum(['stopped', 'dtmf', 'max-duration', 'silence', 'closed', 'failed']);

/** What one endpoint saw, at its end or on demand. Times in milliseconds, jitter too. */
export const MediaStats = z.object({
  codec: z.string().nullable(),
  packetsReceived: z.number(),
  packetsLost: z.number(),
  packetsSent: z.number(),
  jitterMs: z.number(),
  roundTripMs: z.number().nullable(),
  remoteAddress: z.string().nullable(),
});
export type MediaStats = z.infer<typeof MediaStats>;

const onEndpoint = z.object({ endpointId: EndpointId });
/** RFC 3264 §5.1 */
const direction = z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']);

/** How an offer of ours is protected: of DTLS-SRTP there are two kinds, since browsers need ICE and phones do without. */
export const OfferedEncryption = z.enum([...MediaEncryption.options, 'dtls-without-ice']);
export type OfferedEncryption = z.infer<typeof OfferedEncryption>;

export const mediaCommands = {
  /**
   * Opens an endpoint for a leg. With `offer` the endpoint takes it and `sdp` is the answer, unless `answer`
   * is 'later' (then `sdp` is empty and `media.answer` makes it). Without, `sdp` is an offer of ours and
   * `media.accept-answer` must follow. `preferCodecsOf` names the endpoint that this one will be connected to, so
   * that no transcoding is needed where both can do the same.
   * `encryption` is for offers of ours: `dtls` is WebRTC (DTLS-SRTP over ICE), `dtls-without-ice` is for desk phones (RFC 5763). An offer of theirs says itself what it wants.
   * `family` is that of the address in an offer of ours; an answer takes that of the offer's `c=`.
   * `mustEncrypt`: an offer, an answer or a later offer that leaves the sound in the clear is refused (MEDIA.TRANSPORT_NOT_ACCEPTABLE).
   * Refusals: MEDIA.NOT_ACCEPTABLE and MEDIA.TRANSPORT_NOT_ACCEPTABLE (→ 488), MEDIA.NO_PORTS (→ 503), MEDIA.BAD_SDP (→ 400), MEDIA.BUSY (→ 503).
   */
  'media.open': command(
    z.object({
      organisationId: OrganisationId,
      callId: CallId,
      legId: LegId,
      offer: z.string().max(64_000).optional(),
      answer: z.enum(['now', 'later']).default('now'),
      preferCodecsOf: EndpointId.optional(),
      encryption: OfferedEncryption.default('none'),
      mustEncrypt: z.boolean().default(false),
      family: z.enum(['ipv4', 'ipv6']).optional(),
    }),
    outcome({ endpointId: EndpointId, ownerId: OwnerId, sdp: z.string() }),
  ),
  /**
   * Makes the answer to the offer that `media.open` took with `answer: 'later'`; called again it repeats the same answer.
   * `early`: it goes into a provisional response, which a browser may leave unread; it need not connect its media yet.
   */
  'media.answer': command(
    onEndpoint.extend({ preferCodecsOf: EndpointId.optional(), early: z.boolean().default(false) }),
    outcome({ sdp: z.string() }),
  ),
  /** Takes the remote answer to our offer (also an early one, again and again: the last counts). */
  'media.accept-answer': command(onEndpoint.extend({ sdp: z.string().max(64_000) }), outcome({})),
  /**
   * Takes a later offer (re-INVITE, UPDATE: hold, new address, new codec) and answers it, in the direction that our side is
   * for from now on; without one, in that of our last offer.
   */
  'media.accept-offer': command(
    onEndpoint.extend({ sdp: z.string().max(64_000), direction: direction.optional() }),
    outcome({ sdp: z.string() }),
  ),
  /** Makes a later offer of ours (offerless re-INVITE, hold by us). `media.accept-answer` follows. */
  'media.make-offer': command(
    onEndpoint.extend({ direction: direction.default('sendrecv') }),
    outcome({ sdp: z.string() }),
  ),
  /** Connects two endpoints of one owner: each hears the other. An endpoint has at most one peer, or one mix. */
  'media.connect': command(z.object({ a: EndpointId, b: EndpointId }), outcome({})),
  /** Parts the endpoint from its peer, mix or echo. */
  'media.disconnect': command(onEndpoint, outcome({})),
  /** Sends the endpoint what it says. */
  'media.echo': command(onEndpoint, outcome({})),
  /**
   * Plays to the endpoint, in place of what it would hear; a new play replaces the one before it. `loop` repeats the
   * whole list. `yields`: it gives way to what the endpoint would hear, as long as that is no silence.
   */
  'media.play': command(
    onEndpoint.extend({
      sources: z.array(PlaySource).min(1).max(64),
      loop: z.boolean().default(false),
      yields: z.boolean().default(false),
      /** Barge-in: any key ends it (reason 'dtmf'). */
      stopOnDtmf: z.boolean().default(false),
    }),
    outcome({ playId: PlayId }),
  ),
  'media.stop-play': command(onEndpoint, outcome({})),
  /** Records what the endpoint says to a WAV file (PCM16, mono, 8 or 16 kHz) at `path`, which appears whole. */
  'media.record': command(
    onEndpoint.extend({
      path: z.string().max(4096),
      maxDurationMs: z
        .number()
        .int()
        .min(1000)
        .max(4 * 3600_000),
      finishOn: z.array(DtmfDigit).default([]),
      /** Ends after so much silence; 0 = never. */
      silenceMs: z.number().int().min(0).default(0),
    }),
    outcome({ recordingId: RecordingId }),
  ),
  'media.stop-record': command(onEndpoint, outcome({})),
  /** A key that came by SIP INFO: it acts just like one that came in RTP. */
  'media.dtmf-input': command(
    onEndpoint.extend({ digit: DtmfDigit, durationMs: z.number().default(160) }),
    outcome({}),
  ),
  /** Closes the endpoint; closing what is closed is no error. */
  'media.close': command(onEndpoint, outcome({ stats: MediaStats.nullable() })),
} as const;

const ofEndpoint = z.object({ organisationId: OrganisationId, callId: CallId, legId: LegId, endpointId: EndpointId });

export const mediaEvents = {
  /** Published by signalling: it no longer waits for this leg's `media.open`. What was opened, or opens yet, is closed. */
  'media.open-abandoned': ofEndpoint.omit({ endpointId: true }),
  'media.dtmf-received': ofEndpoint.extend({ digit: DtmfDigit, durationMs: z.number() }),
  'media.play-ended': ofEndpoint.extend({ playId: PlayId, reason: PlayEndReason }),
  'media.record-ended': ofEndpoint.extend({
    recordingId: RecordingId,
    path: z.string(),
    durationMs: z.number(),
    reason: RecordEndReason,
  }),
  /**
   * The endpoint is gone without a command: no RTP for too long while some was due, its worker died, or a browser never
   * connected its media (ICE, DTLS) or lost the connection.
   */
  'media.endpoint-lost': ofEndpoint.extend({
    reason: z.enum(['rtp-timeout', 'worker-died', 'not-connected', 'connection-lost']),
  }),
} as const;
