import type { EndpointStatistics } from '../api/endpoint.js';
import type { AudioEngineEvent } from '../api/events.js';
import type { MixMember as MixMemberRequest, OpenMixRequest } from '../api/mix.js';
import type { Outcome } from '../api/outcome.js';
import { accept, refuse } from '../api/outcome.js';
import type { OpenPlainReceiverRequest, OpenPlainSenderRequest } from '../api/plain-rtp.js';
import type { PlayRequest } from '../api/play.js';
import type { RecordingSummary, RecordRequest } from '../api/record.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import { PhoneEndpoint } from '../endpoint/phone-endpoint.js';
import { PlainReceiver } from '../endpoint/plain-receiver.js';
import { PlainSender } from '../endpoint/plain-sender.js';
import type { UdpPortPair } from '../endpoint/udp-port-pair.js';
import { UdpPortPairs } from '../endpoint/udp-port-pairs.js';
import { Mix } from '../mix/mix.js';
import type { MediaClock } from './media-clock.js';
import { PlaybackDesk } from './playback-desk.js';
import { RecordingDesk } from './recording-desk.js';
import type { Traffic } from './traffic.js';
import { fromWireMedia, type WireMedia } from './wire-media.js';
import type { BindOutcome, PortAssignment, WorkerApi } from './worker-api.js';

const DEFAULT_MAX_MEMBERS = 200;

export interface WorkerRuntimeContext {
  clock: MediaClock;
  resamplers: ResamplerFactory;
  rtpSilenceTimeoutMs: number;
  traffic: Traffic;
  emit(event: AudioEngineEvent): void;
  /** Does what was asked for up to now; called before each packet is looked at. */
  catchUp(): void;
}

/** Everything that lives in one worker thread, and its tick. */
export class WorkerRuntime implements WorkerApi {
  private readonly endpoints = new Map<string, PhoneEndpoint>();
  private readonly mixes = new Map<string, Mix>();
  private readonly receivers = new Map<string, PlainReceiver>();
  private readonly senders = new Map<string, PlainSender>();
  private readonly pairs: UdpPortPairs;
  private readonly playbacks: PlaybackDesk;
  private readonly recordings: RecordingDesk;

  constructor(private readonly context: WorkerRuntimeContext) {
    this.pairs = new UdpPortPairs(context);
    const targets = { endpoints: this.endpoints, mixes: this.mixes };
    this.playbacks = new PlaybackDesk(targets, context);
    this.recordings = new RecordingDesk(targets, context);
  }

  /** Receive, sum, send: in this order everybody hears what was said in this tick. */
  tick(nowMs: number): void {
    for (const endpoint of this.endpoints.values()) endpoint.receiveTick(nowMs);
    for (const receiver of this.receivers.values()) receiver.tick(nowMs);
    for (const mix of this.mixes.values()) mix.tick(nowMs);
    for (const endpoint of this.endpoints.values()) endpoint.sendTick(nowMs);
    for (const sender of this.senders.values()) sender.tick(nowMs);
  }

  /** Nothing that a tick would be for. */
  get idle(): boolean {
    return this.endpoints.size + this.receivers.size + this.mixes.size + this.senders.size === 0;
  }

  openEndpoint(endpointId: string, ports: PortAssignment): BindOutcome | Promise<BindOutcome> {
    return this.withPair(ports, (pair) => this.openOn(pair, endpointId, ports));
  }

  openOnBoundPair(endpointId: string, ports: PortAssignment, media?: WireMedia): Outcome<void> {
    const pair = this.pairs.wake(ports.address, ports.rtpPort);
    if (pair === undefined) return refuse('MEDIA.INTERNAL', `The ports ${ports.rtpPort} are bound no more.`);
    const endpoint = this.openOn(pair, endpointId, ports);
    if (media !== undefined) endpoint.setMedia(fromWireMedia(media));
    return accept(undefined);
  }

  setMedia(endpointId: string, media: WireMedia): Outcome<void> {
    return this.withEndpoint(endpointId, (endpoint) => endpoint.setMedia(fromWireMedia(media)));
  }

  closeEndpoint(
    endpointId: string,
    reason: string,
  ): Outcome<EndpointStatistics> | Promise<Outcome<EndpointStatistics>> {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint === undefined) return unknownEndpoint(endpointId);
    this.endpoints.delete(endpointId);
    this.part(endpoint);
    for (const sender of this.senders.values()) if (sender.endpointId === endpointId) this.dropSender(sender);
    const closed = endpoint.close(reason);
    return closed instanceof Promise ? closed.then(accept) : accept(closed);
  }

  dropEndpoint(endpointId: string, reason: string): Outcome<void> {
    const closed = this.closeEndpoint(endpointId, reason);
    // Nothing is recorded of it, so that it is over at once.
    return closed instanceof Promise || closed.ok ? accept(undefined) : closed;
  }

  statistics(endpointId: string): Outcome<EndpointStatistics> {
    const endpoint = this.endpoints.get(endpointId);
    return endpoint === undefined ? unknownEndpoint(endpointId) : accept(endpoint.statistics());
  }

  connect(endpointA: string, endpointB: string): Outcome<void> {
    const a = this.endpoints.get(endpointA);
    const b = this.endpoints.get(endpointB);
    if (a === undefined) return unknownEndpoint(endpointA);
    if (b === undefined) return unknownEndpoint(endpointB);
    this.part(a);
    this.part(b);
    a.listenToPeer(b);
    if (b !== a) b.listenToPeer(a);
    return accept(undefined);
  }

  disconnect(endpointId: string): Outcome<void> {
    return this.withEndpoint(endpointId, (endpoint) => this.part(endpoint));
  }

  echo(endpointId: string): Outcome<void> {
    return this.connect(endpointId, endpointId);
  }

  setMuted(endpointId: string, muted: boolean): Outcome<void> {
    return this.withEndpoint(endpointId, (endpoint) => endpoint.setMuted(muted));
  }

  inputDtmf(endpointId: string, digit: string, durationMs: number): Outcome<void> {
    return this.withEndpoint(endpointId, (endpoint) => endpoint.inputKey(digit.toUpperCase(), durationMs));
  }

  play(playbackId: string, request: PlayRequest): Promise<Outcome<void>> {
    return this.playbacks.play(playbackId, request);
  }

  stopPlay(playbackId: string): Outcome<void> {
    return this.playbacks.stop(playbackId);
  }

  record(recordingId: string, request: RecordRequest): Promise<Outcome<void>> {
    return this.recordings.record(recordingId, request);
  }

  stopRecord(recordingId: string): Promise<Outcome<RecordingSummary>> {
    return this.recordings.stop(recordingId);
  }

  openMix(mixId: string, request: OpenMixRequest): Outcome<void> {
    const { resamplers, emit } = this.context;
    this.mixes.set(mixId, new Mix(mixId, request.maxMembers ?? DEFAULT_MAX_MEMBERS, resamplers, emit));
    return accept(undefined);
  }

  async closeMix(mixId: string): Promise<Outcome<void>> {
    const mix = this.mixes.get(mixId);
    if (mix === undefined) return refuse('MEDIA.MIX_UNKNOWN', `There is no mix ${mixId}.`);
    this.mixes.delete(mixId);
    for (const endpoint of this.endpoints.values()) {
      if ([...mix.members.values()].some((member) => member.speaker === endpoint.speaker)) endpoint.stopListening();
    }
    await mix.close();
    return accept(undefined);
  }

  addMember(mixId: string, request: MixMemberRequest): Outcome<void> {
    const mix = this.mixes.get(mixId);
    if (mix === undefined) return refuse('MEDIA.MIX_UNKNOWN', `There is no mix ${mixId}.`);
    if (mix.members.size >= mix.maxMembers) return refuse('MEDIA.MIX_FULL', `The mix ${mixId} is full.`);
    if (mix.members.has(request.memberId)) {
      return refuse('MEDIA.BAD_REQUEST', `The mix already has a member ${request.memberId}.`);
    }
    if (request.kind === 'receiver') {
      const receiver = this.receivers.get(request.receiverId);
      if (receiver === undefined)
        return refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no receiver ${request.receiverId}.`);
      mix.add(request.memberId, receiver.speaker);
      return accept(undefined);
    }
    return this.withEndpoint(request.endpointId, (endpoint) => {
      this.part(endpoint);
      endpoint.listenTo(mix.sourceFor(mix.add(request.memberId, endpoint.speaker)));
    });
  }

  removeMember(mixId: string, memberId: string): Outcome<void> {
    const mix = this.mixes.get(mixId);
    const member = mix?.members.get(memberId);
    if (mix === undefined || member === undefined) return unknownMember(mixId, memberId);
    for (const endpoint of this.endpoints.values()) if (endpoint.speaker === member.speaker) endpoint.stopListening();
    mix.remove(memberId);
    return accept(undefined);
  }

  setMemberMuted(mixId: string, memberId: string, muted: boolean): Outcome<void> {
    const member = this.mixes.get(mixId)?.members.get(memberId);
    if (member === undefined) return unknownMember(mixId, memberId);
    member.muted = muted;
    return accept(undefined);
  }

  openPlainReceiver(
    request: OpenPlainReceiverRequest & { receiverId: string },
    ports: PortAssignment,
  ): BindOutcome | Promise<BindOutcome> {
    const { clock } = this.context;
    const { ssrc, cname } = ports;
    const onFailure = (error: Error) => this.emitLost(request.receiverId, error);
    return this.withPair(ports, (pair) => {
      const receiver = new PlainReceiver(request, { pair, ssrc, cname }, { clock, onFailure });
      this.receivers.set(request.receiverId, receiver);
    });
  }

  closePlainReceiver(receiverId: string): Outcome<void> {
    const receiver = this.receivers.get(receiverId);
    if (receiver === undefined) return refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no receiver ${receiverId}.`);
    this.receivers.delete(receiverId);
    for (const mix of this.mixes.values()) {
      for (const member of mix.members.values()) if (member.speaker === receiver.speaker) mix.remove(member.memberId);
    }
    receiver.close();
    return accept(undefined);
  }

  openPlainSender(
    request: OpenPlainSenderRequest & { senderId: string },
    ports: PortAssignment,
  ): BindOutcome | Promise<BindOutcome> {
    const endpoint = this.endpoints.get(request.endpointId);
    if (endpoint === undefined) return { bound: false, systemCode: 'ENDPOINT_UNKNOWN', detail: 'No such endpoint.' };
    const { clock, resamplers } = this.context;
    const onFailure = (error: Error) => this.emitLost(request.senderId, error);
    return this.withPair(ports, (pair) => {
      const context = { speaker: endpoint.speaker, resamplers, clock, onFailure };
      this.senders.set(request.senderId, new PlainSender(request, { pair, cname: ports.cname }, context));
    });
  }

  closePlainSender(senderId: string): Outcome<void> {
    const sender = this.senders.get(senderId);
    if (sender === undefined) return refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no sender ${senderId}.`);
    this.dropSender(sender);
    return accept(undefined);
  }

  closePorts(rtpPort: number): Promise<void> {
    return this.pairs.close(rtpPort);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.mixes.keys()].map((mixId) => this.closeMix(mixId)));
    for (const sender of this.senders.values()) this.dropSender(sender);
    for (const receiverId of this.receivers.keys()) this.closePlainReceiver(receiverId);
    await Promise.all([...this.endpoints.keys()].map((endpointId) => this.closeUnasked(endpointId, 'shutdown')));
    await this.recordings.settle();
    await this.pairs.closeAll();
  }

  /** Nobody waits for its figures: they are told to everybody. */
  private async closeUnasked(endpointId: string, reason: string): Promise<void> {
    const closed = await this.closeEndpoint(endpointId, reason);
    if (closed.ok) this.context.emit({ type: 'endpoint-closed', endpointId, reason, statistics: closed.value });
  }

  private openOn(pair: UdpPortPair, endpointId: string, { ssrc, cname }: PortAssignment): PhoneEndpoint {
    const { clock, resamplers, rtpSilenceTimeoutMs, emit } = this.context;
    const context = { endpointId, clock, resamplers, rtpSilenceTimeoutMs, emit };
    const endpoint = new PhoneEndpoint(context, { pair, ssrc, cname });
    this.endpoints.set(endpointId, endpoint);
    return endpoint;
  }

  /**
   * Gives a port pair to what opens: at once where the pair is bound already, so that what is asked next finds it open.
   * A refused port is an answer, not a failure: the engine tries the next one.
   */
  private withPair(
    { address, rtpPort }: PortAssignment,
    open: (pair: UdpPortPair) => unknown,
  ): BindOutcome | Promise<BindOutcome> {
    const pair = this.pairs.wake(address, rtpPort);
    if (pair === undefined) return this.bindPair({ address, rtpPort }, open);
    open(pair);
    return { bound: true };
  }

  private async bindPair(
    { address, rtpPort }: Pick<PortAssignment, 'address' | 'rtpPort'>,
    open: (pair: UdpPortPair) => unknown,
  ): Promise<BindOutcome> {
    try {
      open(await this.pairs.bind(address, rtpPort));
      return { bound: true };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { bound: false, systemCode: code ?? 'UNKNOWN', detail: message };
    }
  }

  /** Undoes every connection of an endpoint, on both sides. */
  private part(endpoint: PhoneEndpoint): void {
    // Who hears a peer is heard by it: nobody else can be connected with this one.
    const other = endpoint.currentPeer;
    if (other !== null && other !== endpoint && other.currentPeer === endpoint) other.stopListening();
    for (const mix of this.mixes.values()) {
      for (const member of mix.members.values()) {
        if (member.speaker === endpoint.speaker) mix.remove(member.memberId);
      }
    }
    endpoint.stopListening();
  }

  private dropSender(sender: PlainSender): void {
    this.senders.delete(sender.senderId);
    sender.close();
  }

  private emitLost(endpointId: string, error: Error): void {
    this.context.emit({ type: 'endpoint-lost', endpointId, reason: 'socket-failed', detail: error.message });
  }

  private withEndpoint(endpointId: string, act: (endpoint: PhoneEndpoint) => void): Outcome<void> {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint === undefined) return unknownEndpoint(endpointId);
    act(endpoint);
    return accept(undefined);
  }
}

function unknownEndpoint(endpointId: string): Outcome<never> {
  return refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no endpoint ${endpointId}.`);
}

function unknownMember(mixId: string, memberId: string): Outcome<never> {
  return refuse('MEDIA.MEMBER_UNKNOWN', `The mix ${mixId} has no member ${memberId}.`);
}
