import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { AudioEngine, AudioEngineHealth, AudioEngineOptions } from '../api/audio-engine.js';
import type { EndpointMedia, EndpointStatistics, OpenedEndpoint, OpenEndpointRequest } from '../api/endpoint.js';
import type { AudioEngineEvent, AudioEngineListener } from '../api/events.js';
import type { MixMember, OpenMixRequest } from '../api/mix.js';
import type { Outcome } from '../api/outcome.js';
import { accept, refuse } from '../api/outcome.js';
import type {
  OpenedPlainReceiver,
  OpenedPlainSender,
  OpenPlainReceiverRequest,
  OpenPlainSenderRequest,
} from '../api/plain-rtp.js';
import type { PlayRequest } from '../api/play.js';
import type { RecordingSummary, RecordRequest } from '../api/record.js';
import { Traffic } from '../worker/traffic.js';
import type { PortAssignment } from '../worker/worker-api.js';
import { DIFFERENT_WORKERS, DONE, Placement } from './placement.js';
import { WorkerSlots } from './worker-slots.js';

const LOOPBACK = '127.0.0.1';
const DEFAULT_DTMF_MS = 160;
const DEFAULT_SILENCE_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_ENDPOINTS = 2000;
/** Recordings are put in place within this, or are left as `.part`. */
const CLOSE_LIMIT_MS = 8000;

/** The figures of an endpoint that nothing passed through. */
const NOTHING_HAPPENED: Omit<EndpointStatistics, 'endpointId' | 'codec' | 'durationMs'> = {
  packetsReceived: 0,
  octetsReceived: 0,
  packetsLost: 0,
  packetsDiscarded: 0,
  jitterMs: 0,
  packetsSent: 0,
  octetsSent: 0,
  roundTripMs: null,
  remotePacketsLost: null,
  remoteJitterMs: null,
  foreignPackets: 0,
  malformedPackets: 0,
  latchedRemote: null,
};

/** The engine of the calling thread: picks workers and ports, and passes commands on. */
export class ThreadedAudioEngine implements AudioEngine {
  private readonly listeners = new Set<AudioEngineListener>();
  private readonly placement: Placement;
  private readonly cname = `carillon-${randomBytes(6).toString('hex')}`;
  private readonly random = new Uint32Array(256);
  private nextRandom = 0;
  private readonly traffic = new Traffic();
  private slots!: WorkerSlots;
  private closing: Promise<void> | null = null;

  private constructor(private readonly options: AudioEngineOptions) {
    const workplace = () => ({ slots: this.slots.slots, closed: this.closing !== null });
    this.placement = new Placement(options.portRange, this.traffic, workplace);
  }

  static async start(options: AudioEngineOptions): Promise<ThreadedAudioEngine> {
    const engine = new ThreadedAudioEngine(options);
    engine.slots = await WorkerSlots.start(
      Math.max(1, options.workers ?? 1),
      {
        rtpSilenceTimeoutMs: options.rtpSilenceTimeoutMs ?? DEFAULT_SILENCE_TIMEOUT_MS,
        traffic: engine.traffic.memory,
      },
      {
        onEvent: (event) => engine.receive(event),
        onRefused: (endpointId, detail) => engine.loseEndpoint(endpointId, detail),
        onLost: (index, detail) => engine.loseWorker(index, detail),
        onReplaced: (workerIndex, detail) => engine.emit({ type: 'worker-replaced', workerIndex, detail }),
      },
    );
    return engine;
  }

  openEndpoint(request: OpenEndpointRequest): Outcome<OpenedEndpoint> | Promise<Outcome<OpenedEndpoint>> {
    const endpointId = request.endpointId ?? randomUUID();
    if (this.placement.residents.find('endpoint', endpointId)) {
      return refuse('MEDIA.ENDPOINT_EXISTS', `There is an endpoint ${endpointId} already.`);
    }
    if (this.placement.residents.count('endpoint') >= (this.options.maxEndpoints ?? DEFAULT_MAX_ENDPOINTS)) {
      return refuse('MEDIA.ENDPOINT_LIMIT', 'No more endpoints are allowed.');
    }
    const address = request.loopback === true ? LOOPBACK : (this.options.bindAddress ?? LOOPBACK);
    const slot = this.placement.chooseSlot(request.group);
    const place = { kind: 'endpoint', id: endpointId, group: request.group ?? null, slot, address } as const;
    const stream = { ssrc: this.randomSsrc(), cname: this.cname };
    const bound = this.placement.settleOnBound(place, stream);
    if (bound !== null) return accept(openedOn(bound, endpointId, stream));
    return this.placement.binder
      .bind(place, (worker, rtpPort) => worker.call('openEndpoint', endpointId, { address, rtpPort, ...stream }))
      .then((port) => (port.ok ? accept(openedOn(port.value, endpointId, stream)) : port));
  }

  setMedia(endpointId: string, media: EndpointMedia): Outcome<void> {
    return this.placement.agreeOn(endpointId, media);
  }

  closeEndpoint(
    endpointId: string,
    reason: string,
  ): Outcome<EndpointStatistics> | Promise<Outcome<EndpointStatistics>> {
    const quiet = this.closeQuietly(endpointId, reason);
    return quiet === null ? this.closeAsking(endpointId, reason) : accept(quiet);
  }

  private async closeAsking(endpointId: string, reason: string): Promise<Outcome<EndpointStatistics>> {
    const outcome = await this.placement.at('endpoint', endpointId, (worker) =>
      worker.callLater('closeEndpoint', endpointId, reason),
    );
    this.endpointGone(endpointId);
    if (outcome.ok) this.emit({ type: 'endpoint-closed', endpointId, reason, statistics: outcome.value });
    return outcome;
  }

  statistics(endpointId: string): Promise<Outcome<EndpointStatistics>> {
    return this.placement.at('endpoint', endpointId, (worker) => worker.call('statistics', endpointId));
  }

  connect(endpointA: string, endpointB: string): Outcome<void> {
    if (!this.placement.together('endpoint', endpointA, 'endpoint', endpointB)) return DIFFERENT_WORKERS;
    const worker = this.placement.toldWorkerOf('endpoint', endpointA);
    if (!worker.ok) return worker;
    const other = this.placement.toldWorkerOf('endpoint', endpointB);
    if (!other.ok) return other;
    worker.value.tell('connect', endpointA, endpointB);
    return DONE;
  }

  disconnect(endpointId: string): Promise<Outcome<void>> {
    return this.placement.at('endpoint', endpointId, (worker) => worker.call('disconnect', endpointId));
  }

  echo(endpointId: string): Promise<Outcome<void>> {
    return this.placement.at('endpoint', endpointId, (worker) => worker.call('echo', endpointId));
  }

  setMuted(endpointId: string, muted: boolean): Promise<Outcome<void>> {
    return this.placement.at('endpoint', endpointId, (worker) => worker.call('setMuted', endpointId, muted));
  }

  inputDtmf(endpointId: string, digit: string, durationMs = DEFAULT_DTMF_MS): Promise<Outcome<void>> {
    return this.placement.at('endpoint', endpointId, (worker) =>
      worker.call('inputDtmf', endpointId, digit, durationMs),
    );
  }

  async play(request: PlayRequest): Promise<Outcome<{ playbackId: string }>> {
    const playbackId = request.playbackId ?? randomUUID();
    const { target } = request;
    const [kind, id] =
      target.kind === 'mix' ? (['mix', target.mixId] as const) : (['endpoint', target.endpointId] as const);
    return this.placement.attach('playback', playbackId, { kind, id }, async (worker) => {
      const outcome = await worker.call('play', playbackId, request);
      return outcome.ok ? accept({ playbackId }) : outcome;
    });
  }

  stopPlay(playbackId: string): Promise<Outcome<void>> {
    return this.placement.at('playback', playbackId, (worker) => worker.call('stopPlay', playbackId));
  }

  async record(request: RecordRequest): Promise<Outcome<{ recordingId: string }>> {
    const recordingId = request.recordingId ?? randomUUID();
    const { target } = request;
    const [kind, id] =
      target.kind === 'mix' ? (['mix', target.mixId] as const) : (['endpoint', target.endpointId] as const);
    return this.placement.attach('recording', recordingId, { kind, id }, async (worker) => {
      const outcome = await worker.call('record', recordingId, request);
      return outcome.ok ? accept({ recordingId }) : outcome;
    });
  }

  stopRecord(recordingId: string): Promise<Outcome<RecordingSummary>> {
    return this.placement.at('recording', recordingId, (worker) => worker.call('stopRecord', recordingId));
  }

  async openMix(request: OpenMixRequest): Promise<Outcome<{ mixId: string }>> {
    const mixId = request.mixId ?? randomUUID();
    if (this.placement.residents.find('mix', mixId))
      return refuse('MEDIA.MIX_EXISTS', `There is a mix ${mixId} already.`);
    const group = request.group ?? mixId;
    const slot = this.placement.chooseSlot(group);
    this.placement.residents.add({ kind: 'mix', id: mixId, slot, group, bound: null, opening: null, quiet: null });
    const outcome = await this.placement.at('mix', mixId, (worker) => worker.call('openMix', mixId, request));
    if (outcome.ok) return accept({ mixId });
    this.placement.residents.remove('mix', mixId);
    return outcome;
  }

  async closeMix(mixId: string): Promise<Outcome<void>> {
    const outcome = await this.placement.at('mix', mixId, (worker) => worker.call('closeMix', mixId));
    this.placement.release('mix', mixId);
    return outcome;
  }

  addMember(mixId: string, member: MixMember): Promise<Outcome<void>> {
    const [kind, id] =
      member.kind === 'receiver'
        ? (['receiver', member.receiverId] as const)
        : (['endpoint', member.endpointId] as const);
    if (!this.placement.together('mix', mixId, kind, id)) return Promise.resolve(DIFFERENT_WORKERS);
    this.placement.workerOf(kind, id);
    return this.placement.at('mix', mixId, (worker) => worker.call('addMember', mixId, member));
  }

  removeMember(mixId: string, memberId: string): Promise<Outcome<void>> {
    return this.placement.at('mix', mixId, (worker) => worker.call('removeMember', mixId, memberId));
  }

  setMemberMuted(mixId: string, memberId: string, muted: boolean): Promise<Outcome<void>> {
    return this.placement.at('mix', mixId, (worker) => worker.call('setMemberMuted', mixId, memberId, muted));
  }

  async openPlainReceiver(request: OpenPlainReceiverRequest): Promise<Outcome<OpenedPlainReceiver>> {
    const receiverId = request.receiverId ?? randomUUID();
    if (this.placement.residents.find('receiver', receiverId)) {
      return refuse('MEDIA.ENDPOINT_EXISTS', `There is a receiver ${receiverId} already.`);
    }
    const slot = this.placement.chooseSlot(request.group);
    const place = { kind: 'receiver', id: receiverId, group: request.group ?? null, slot, address: LOOPBACK } as const;
    const bound = await this.placement.binder.bind(place, (worker, rtpPort) =>
      worker.call('openPlainReceiver', { ...request, receiverId }, this.loopbackPorts(rtpPort)),
    );
    if (!bound.ok) return bound;
    return accept({ receiverId, address: LOOPBACK, port: bound.value, rtcpPort: bound.value + 1 });
  }

  async closePlainReceiver(receiverId: string): Promise<Outcome<void>> {
    const outcome = await this.placement.at('receiver', receiverId, (worker) =>
      worker.call('closePlainReceiver', receiverId),
    );
    this.placement.release('receiver', receiverId);
    return outcome;
  }

  async openPlainSender(request: OpenPlainSenderRequest): Promise<Outcome<OpenedPlainSender>> {
    const senderId = request.senderId ?? randomUUID();
    const endpoint = this.placement.residents.find('endpoint', request.endpointId);
    if (endpoint === undefined) return refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no endpoint ${request.endpointId}.`);
    if (this.placement.residents.find('sender', senderId)) {
      return refuse('MEDIA.ENDPOINT_EXISTS', `There is a sender ${senderId} already.`);
    }
    this.placement.workerOf('endpoint', request.endpointId);
    const bound = await this.placement.binder.bind(
      {
        kind: 'sender',
        id: senderId,
        group: tapOf(request.endpointId),
        slot: endpoint.slot,
        address: LOOPBACK,
      },
      (worker, rtpPort) => worker.call('openPlainSender', { ...request, senderId }, this.loopbackPorts(rtpPort)),
    );
    if (!bound.ok) return bound;
    return accept({ senderId, address: LOOPBACK, port: bound.value, rtcpPort: bound.value + 1 });
  }

  async closePlainSender(senderId: string): Promise<Outcome<void>> {
    const outcome = await this.placement.at('sender', senderId, (worker) => worker.call('closePlainSender', senderId));
    this.placement.release('sender', senderId);
    return outcome;
  }

  on(listener: AudioEngineListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  health(): AudioEngineHealth {
    return {
      workers: this.slots.slots.map((slot) => ({
        index: slot.index,
        alive: slot.handle !== null,
        restarts: slot.restarts,
        endpoints: this.placement.residents.count('endpoint', slot.index),
        mixes: this.placement.residents.count('mix', slot.index),
        tickLateMs: slot.handle?.tickLateMs ?? 0,
      })),
      portsInUse: this.placement.ports.total - this.placement.ports.freeCount,
      portsTotal: this.placement.ports.total,
    };
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    // A worker that fails or hangs while it closes is ended all the same.
    const closing = Promise.allSettled(this.slots.slots.flatMap((slot) => slot.handle?.call('closeAll') ?? []));
    await Promise.race([closing, setTimeout(CLOSE_LIMIT_MS, undefined, { ref: false })]);
    await this.slots.close();
    this.listeners.clear();
  }

  private loopbackPorts(rtpPort: number): PortAssignment {
    return { address: LOOPBACK, rtpPort, ssrc: this.randomSsrc(), cname: this.cname };
  }

  private receive(event: AudioEngineEvent): void {
    if (event.type === 'play-ended') this.placement.residents.remove('playback', event.playbackId);
    if (event.type === 'record-ended') this.placement.residents.remove('recording', event.summary.recordingId);
    if (event.type === 'endpoint-closed') this.endpointGone(event.endpointId);
    this.emit(event);
  }

  private endpointGone(endpointId: string): void {
    this.placement.release('endpoint', endpointId);
    // Senders end with the endpoint that they tap.
    for (const sender of this.placement.residents.ofGroup('sender', tapOf(endpointId)))
      this.placement.release('sender', sender.id);
  }

  /** Where nothing passed over its ports and nothing hangs on it, its figures are known here. @returns null otherwise */
  private closeQuietly(endpointId: string, reason: string): EndpointStatistics | null {
    const resident = this.placement.residents.find('endpoint', endpointId);
    if (resident === undefined) return null;
    const { bound, quiet } = resident;
    if (bound === null || quiet === null || this.traffic.passedOver(bound.rtpPort)) return null;
    // Where its worker never heard of it, there is nothing to say.
    if (resident.opening === null) {
      const worker = this.placement.workerIn(resident.slot);
      if (!worker.ok) return null;
      worker.value.tell('dropEndpoint', endpointId, reason);
    }
    this.endpointGone(endpointId);
    const { codec, sinceMs } = quiet;
    const statistics = { ...NOTHING_HAPPENED, endpointId, codec, durationMs: Math.round(performance.now() - sinceMs) };
    this.emit({ type: 'endpoint-closed', endpointId, reason, statistics });
    return statistics;
  }

  /** Its worker could not do what it was told. */
  private loseEndpoint(endpointId: string, detail: string): void {
    // Closed meanwhile.
    if (this.placement.discard('endpoint', endpointId) === undefined) return;
    this.emit({ type: 'endpoint-lost', endpointId, reason: 'socket-failed', detail });
  }

  private loseWorker(index: number, detail: string): void {
    for (const resident of this.placement.evict(index)) {
      if (resident.kind === 'endpoint') {
        this.emit({ type: 'endpoint-lost', endpointId: resident.id, reason: 'worker-crashed', detail });
      } else if (resident.kind === 'mix') {
        this.emit({ type: 'mix-lost', mixId: resident.id, detail });
      }
    }
  }

  /** From numbers drawn many at once: each draw costs much more than a number. */
  private randomSsrc(): number {
    if (this.nextRandom === 0) randomFillSync(this.random);
    const ssrc = this.random[this.nextRandom] ?? 0;
    this.nextRandom = (this.nextRandom + 1) % this.random.length;
    return ssrc;
  }

  private emit(event: AudioEngineEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

function openedOn(
  rtpPort: number,
  endpointId: string,
  { ssrc, cname }: Pick<OpenedEndpoint, 'ssrc' | 'cname'>,
): OpenedEndpoint {
  return { endpointId, rtpPort, rtcpPort: rtpPort + 1, ssrc, cname };
}

function tapOf(endpointId: string): string {
  return `tap of ${endpointId}`;
}
