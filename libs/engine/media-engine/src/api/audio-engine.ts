import type { EndpointMedia, EndpointStatistics, OpenedEndpoint, OpenEndpointRequest } from './endpoint.js';
import type { AudioEngineListener } from './events.js';
import type { MixMember, OpenMixRequest } from './mix.js';
import type { Outcome } from './outcome.js';
import type {
  OpenedPlainReceiver,
  OpenedPlainSender,
  OpenPlainReceiverRequest,
  OpenPlainSenderRequest,
} from './plain-rtp.js';
import type { PlayRequest } from './play.js';
import type { RecordingSummary, RecordRequest } from './record.js';

/** What an endpoint's user hears when no playback replaces it. */

export interface AudioEngineHealth {
  workers: readonly {
    index: number;
    alive: boolean;
    restarts: number;
    endpoints: number;
    mixes: number;
    tickLateMs: number;
  }[];
  portsInUse: number;
  portsTotal: number;
}

/**
 * Phone audio: RTP endpoints, relays, players, recorders and mixes, run in worker threads. The calling thread
 * only sends commands. Nothing here rejects on bad input: see {@link Outcome}.
 */
export interface AudioEngine {
  /** Binds an RTP/RTCP port pair; answers at once where one is bound already. Nothing is sent before `setMedia`. */
  openEndpoint(request: OpenEndpointRequest): Outcome<OpenedEndpoint> | Promise<Outcome<OpenedEndpoint>>;
  /**
   * Applies the outcome of an offer/answer round; again on each re-negotiation. It is done within the millisecond; should
   * it fail, the endpoint is lost (`endpoint-lost`).
   */
  setMedia(endpointId: string, media: EndpointMedia): Outcome<void>;
  /**
   * At once where nothing was received or sent, and nothing was asked but to agree on media and to be connected.
   * Idempotent: the second close refuses with MEDIA.ENDPOINT_UNKNOWN and changes nothing.
   */
  closeEndpoint(endpointId: string, reason: string): Outcome<EndpointStatistics> | Promise<Outcome<EndpointStatistics>>;
  statistics(endpointId: string): Promise<Outcome<EndpointStatistics>>;

  /** Joins two endpoints both ways: same codec is forwarded packet by packet, others are transcoded. As with `setMedia`. */
  connect(endpointA: string, endpointB: string): Outcome<void>;
  /** Undoes `connect`, `echo` and mix membership of one endpoint; it then hears silence. */
  disconnect(endpointId: string): Promise<Outcome<void>>;
  /** The endpoint hears itself. */
  echo(endpointId: string): Promise<Outcome<void>>;
  /** Muted: what this endpoint's user says reaches nobody (DTMF still does). */
  setMuted(endpointId: string, muted: boolean): Promise<Outcome<void>>;
  /** A digit that arrived through signalling: treated as if received by RTP (barge-in, finish keys, relay). */
  inputDtmf(endpointId: string, digit: string, durationMs?: number): Promise<Outcome<void>>;

  play(request: PlayRequest): Promise<Outcome<{ playbackId: string }>>;
  stopPlay(playbackId: string): Promise<Outcome<void>>;
  record(request: RecordRequest): Promise<Outcome<{ recordingId: string }>>;
  /** Resolves when the file is in its final place. */
  stopRecord(recordingId: string): Promise<Outcome<RecordingSummary>>;

  openMix(request: OpenMixRequest): Promise<Outcome<{ mixId: string }>>;
  closeMix(mixId: string): Promise<Outcome<void>>;
  addMember(mixId: string, member: MixMember): Promise<Outcome<void>>;
  removeMember(mixId: string, memberId: string): Promise<Outcome<void>>;
  setMemberMuted(mixId: string, memberId: string, muted: boolean): Promise<Outcome<void>>;

  openPlainReceiver(request: OpenPlainReceiverRequest): Promise<Outcome<OpenedPlainReceiver>>;
  closePlainReceiver(receiverId: string): Promise<Outcome<void>>;
  openPlainSender(request: OpenPlainSenderRequest): Promise<Outcome<OpenedPlainSender>>;
  closePlainSender(senderId: string): Promise<Outcome<void>>;

  /** Returns the function that unsubscribes. */
  on(listener: AudioEngineListener): () => void;
  health(): AudioEngineHealth;
  /** Closes every endpoint, finishes recordings, ends the workers. Idempotent. */
  close(): Promise<void>;
}

export interface AudioEngineOptions {
  /** UDP ports for RTP/RTCP pairs, inclusive. */
  portRange: { min: number; max: number };
  /** Local address for phones; default 127.0.0.1. */
  bindAddress?: string;
  /** Worker threads; default 1. */
  workers?: number;
  maxEndpoints?: number;
  /** No RTP for that long on an endpoint that should receive: `endpoint-lost`. Default 30 000 ms; 0 never. */
  rtpSilenceTimeoutMs?: number;
}
