import type { EndpointStatistics } from '../api/endpoint.js';
import type { MixMember, OpenMixRequest } from '../api/mix.js';
import type { Outcome } from '../api/outcome.js';
import type { OpenPlainReceiverRequest, OpenPlainSenderRequest } from '../api/plain-rtp.js';
import type { PlayRequest } from '../api/play.js';
import type { RecordingSummary, RecordRequest } from '../api/record.js';
import type { WireMedia } from './wire-media.js';

/** A bound port pair and the identity of the stream on it. */
export interface PortAssignment {
  address: string;
  rtpPort: number;
  ssrc: number;
  cname: string;
}

/** What opening a port pair comes to: the system may refuse a port that the pool thought free. */
export type BindOutcome = { bound: true } | { bound: false; systemCode: string; detail: string };

/** The commands of one worker thread. Every argument and result crosses by structured clone. */
export interface WorkerApi {
  openEndpoint(endpointId: string, ports: PortAssignment): BindOutcome | Promise<BindOutcome>;
  /** As `openEndpoint`, on a pair that is bound here already, with what was agreed on meanwhile. */
  openOnBoundPair(endpointId: string, ports: PortAssignment, media?: WireMedia): Outcome<void>;
  setMedia(endpointId: string, media: WireMedia): Outcome<void>;
  closeEndpoint(endpointId: string, reason: string): Outcome<EndpointStatistics> | Promise<Outcome<EndpointStatistics>>;
  /** As `closeEndpoint`, where nothing passed over its ports and nothing hangs on it: nobody asks for figures. */
  dropEndpoint(endpointId: string, reason: string): Outcome<void>;
  statistics(endpointId: string): Outcome<EndpointStatistics>;
  connect(endpointA: string, endpointB: string): Outcome<void>;
  disconnect(endpointId: string): Outcome<void>;
  echo(endpointId: string): Outcome<void>;
  setMuted(endpointId: string, muted: boolean): Outcome<void>;
  inputDtmf(endpointId: string, digit: string, durationMs: number): Outcome<void>;
  play(playbackId: string, request: PlayRequest): Promise<Outcome<void>>;
  stopPlay(playbackId: string): Outcome<void>;
  record(recordingId: string, request: RecordRequest): Promise<Outcome<void>>;
  stopRecord(recordingId: string): Promise<Outcome<RecordingSummary>>;
  openMix(mixId: string, request: OpenMixRequest): Outcome<void>;
  closeMix(mixId: string): Promise<Outcome<void>>;
  addMember(mixId: string, member: MixMember): Outcome<void>;
  removeMember(mixId: string, memberId: string): Outcome<void>;
  setMemberMuted(mixId: string, memberId: string, muted: boolean): Outcome<void>;
  openPlainReceiver(
    request: OpenPlainReceiverRequest & { receiverId: string },
    ports: PortAssignment,
  ): BindOutcome | Promise<BindOutcome>;
  closePlainReceiver(receiverId: string): Outcome<void>;
  openPlainSender(
    request: OpenPlainSenderRequest & { senderId: string },
    ports: PortAssignment,
  ): BindOutcome | Promise<BindOutcome>;
  closePlainSender(senderId: string): Outcome<void>;
  /** Unbinds a pair that nobody uses any more; others stay bound for the next who opens them. */
  closePorts(rtpPort: number): Promise<void>;
  closeAll(): Promise<void>;
}

export type WorkerMethod = keyof WorkerApi;
/** What is done with an endpoint (named first) without anybody waiting for it. */
export type ToldMethod = 'openOnBoundPair' | 'setMedia' | 'connect' | 'dropEndpoint';
