import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { AudioEngine, AudioEngineHealth, AudioEngineOptions } from '../api/audio-engine.js';
import type { EndpointMedia, EndpointStatistics, OpenedEndpoint, OpenEndpointRequest } from '../api/endpoint.js';
import type { AudioEngineErrorCode } from '../api/error-codes.js';
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
import type { PortAssignment } from '../worker/worker-api.js';
import { PortBinder } from './port-binder.js';
import { PortPool } from './port-pool.js';
import type { ResidentKind } from './residents.js';
import { Residents } from './residents.js';
import { attempted } from './attempted.js';
import type { WorkerHandle } from './worker-handle.js';
import { WorkerSlots } from './worker-slots.js';

const LOOPBACK = '127.0.0.1';
const DEFAULT_DTMF_MS = 160;
const DEFAULT_SILENCE_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_ENDPOINTS = 2000;
/** Recordings are put in place within this, or are left as `.part`. */
const CLOSE_LIMIT_MS = 8000;

const UNKNOWN: Record<ResidentKind, AudioEngineErrorCode> = {
  endpoint: 'MEDIA.ENDPOINT_UNKNOWN',
  mix: 'MEDIA.MIX_UNKNOWN',
  receiver: 'MEDIA.ENDPOINT_UNKNOWN',
  sender: 'MEDIA.ENDPOINT_UNKNOWN',
  playback: 'MEDIA.PLAYBACK_UNKNOWN',
  recording: 'MEDIA.RECORDING_UNKNOWN',
};

/** The engine of the calling thread: picks workers and ports, and passes commands on. */
export class ThreadedAudioEngine implements AudioEngine {
  private readonly listeners = new Set<AudioEngineListener>();
  private readonly residents = new Residents();
  private readonly ports: PortPool;
  private readonly binder: PortBinder;
  private readonly cname = `carillon-${randomBytes(6).toString('hex')}`;
  private slots!: WorkerSlots;
  private closing: Promise<void> | null = null;

  private constructor(private readonly options: AudioEngineOptions) {
    this.ports = new PortPool(options.portRange.min, options.portRange.max);
    this.binder = new PortBinder(this.ports, this.residents, {
      workerIn: (slot) => this.workerIn(slot),
      lost: (endpointId, detail) => this.emit({ type: 'endpoint-lost', endpointId, reason: 'socket-failed', detail }),
    });
  }

  static async start(options: AudioEngineOptions): Promise<ThreadedAudioEngine> {
    const engine = new ThreadedAudioEngine(options);
    engine.slots = await WorkerSlots.start(
      Math.max(1, options.workers ?? 1),
      options.rtpSilenceTimeoutMs ?? DEFAULT_SILENCE_TIMEOUT_MS,
      {
        onEvent: (event) => engine.receive(event),
        onLost: (index, detail) => engine.loseWorker(index, detail),
        onReplaced: (workerIndex, detail) => engine.emit({ type: 'worker-replaced', workerIndex, detail }),
      },
    );
    return engine;
  }

  async openEndpoint(request: OpenEndpointRequest): Promise<Outcome<OpenedEndpoint>> {
    const endpointId = request.endpointId ?? randomUUID();
    if (this.residents.find('endpoint', endpointId)) {
      return refuse('MEDIA.ENDPOINT_EXISTS', `There is an endpoint ${endpointId} already.`);
    }
    if (this.residents.count('endpoint') >= (this.options.maxEndpoints ?? DEFAULT_MAX_ENDPOINTS)) {
      return refuse('MEDIA.ENDPOINT_LIMIT', 'No more endpoints are allowed.');
    }
    const address = request.loopback === true ? LOOPBACK : (this.options.bindAddress ?? LOOPBACK);
    const ssrc = randomSsrc();
    const slot = this.chooseSlot(request.group);
    const bound = await this.binder.bind(
      slot,
      { kind: 'endpoint', id: endpointId, group: request.group ?? null },
      (worker, rtpPort) => worker.call('openEndpoint', endpointId, { address, rtpPort, ssrc, cname: this.cname }),
    );
    if (!bound.ok) return bound;
    return accept({ endpointId, rtpPort: bound.value, rtcpPort: bound.value + 1, ssrc, cname: this.cname });
  }

  setMedia(endpointId: string, media: EndpointMedia): Promise<Outcome<void>> {
    return this.at('endpoint', endpointId, (worker) => worker.call('setMedia', endpointId, media));
  }

  async closeEndpoint(endpointId: string, reason: string): Promise<Outcome<EndpointStatistics>> {
    const outcome = await this.at('endpoint', endpointId, (worker) => worker.call('closeEndpoint', endpointId, reason));
    this.release('endpoint', endpointId);
    return outcome;
  }

  statistics(endpointId: string): Promise<Outcome<EndpointStatistics>> {
    return this.at('endpoint', endpointId, (worker) => worker.call('statistics', endpointId));
  }

  connect(endpointA: string, endpointB: string): Promise<Outcome<void>> {
    if (!this.together('endpoint', endpointA, 'endpoint', endpointB)) return differentWorkers();
    return this.at('endpoint', endpointA, (worker) => worker.call('connect', endpointA, endpointB));
  }

  disconnect(endpointId: string): Promise<Outcome<void>> {
    return this.at('endpoint', endpointId, (worker) => worker.call('disconnect', endpointId));
  }

  echo(endpointId: string): Promise<Outcome<void>> {
    return this.at('endpoint', endpointId, (worker) => worker.call('echo', endpointId));
  }

  setMuted(endpointId: string, muted: boolean): Promise<Outcome<void>> {
    return this.at('endpoint', endpointId, (worker) => worker.call('setMuted', endpointId, muted));
  }

  sendDtmf(endpointId: string, digits: string, durationMs = DEFAULT_DTMF_MS): Promise<Outcome<void>> {
    return this.at('endpoint', endpointId, (worker) => worker.call('sendDtmf', endpointId, digits, durationMs));
  }

  inputDtmf(endpointId: string, digit: string, durationMs = DEFAULT_DTMF_MS): Promise<Outcome<void>> {
    return this.at('endpoint', endpointId, (worker) => worker.call('inputDtmf', endpointId, digit, durationMs));
  }

  async play(request: PlayRequest): Promise<Outcome<{ playbackId: string }>> {
    const playbackId = request.playbackId ?? randomUUID();
    const { target } = request;
    const [kind, id] =
      target.kind === 'mix' ? (['mix', target.mixId] as const) : (['endpoint', target.endpointId] as const);
    return this.attach('playback', playbackId, { kind, id }, async (worker) => {
      const outcome = await worker.call('play', playbackId, request);
      return outcome.ok ? accept({ playbackId }) : outcome;
    });
  }

  stopPlay(playbackId: string): Promise<Outcome<void>> {
    return this.at('playback', playbackId, (worker) => worker.call('stopPlay', playbackId));
  }

  async record(request: RecordRequest): Promise<Outcome<{ recordingId: string }>> {
    const recordingId = request.recordingId ?? randomUUID();
    const { target } = request;
    const [kind, id] =
      target.kind === 'mix' ? (['mix', target.mixId] as const) : (['endpoint', target.endpointId] as const);
    return this.attach('recording', recordingId, { kind, id }, async (worker) => {
      const outcome = await worker.call('record', recordingId, request);
      return outcome.ok ? accept({ recordingId }) : outcome;
    });
  }

  stopRecord(recordingId: string): Promise<Outcome<RecordingSummary>> {
    return this.at('recording', recordingId, (worker) => worker.call('stopRecord', recordingId));
  }

  async openMix(request: OpenMixRequest): Promise<Outcome<{ mixId: string }>> {
    const mixId = request.mixId ?? randomUUID();
    if (this.residents.find('mix', mixId)) return refuse('MEDIA.MIX_EXISTS', `There is a mix ${mixId} already.`);
    const group = request.group ?? mixId;
    const slot = this.chooseSlot(group);
    this.residents.add({ kind: 'mix', id: mixId, slot, group, rtpPort: null });
    const outcome = await this.at('mix', mixId, (worker) => worker.call('openMix', mixId, request));
    if (outcome.ok) return accept({ mixId });
    this.residents.remove('mix', mixId);
    return outcome;
  }

  async closeMix(mixId: string): Promise<Outcome<void>> {
    const outcome = await this.at('mix', mixId, (worker) => worker.call('closeMix', mixId));
    this.release('mix', mixId);
    return outcome;
  }

  addMember(mixId: string, member: MixMember): Promise<Outcome<void>> {
    const [kind, id] =
      member.kind === 'receiver'
        ? (['receiver', member.receiverId] as const)
        : (['endpoint', member.endpointId] as const);
    if (!this.together('mix', mixId, kind, id)) return differentWorkers();
    return this.at('mix', mixId, (worker) => worker.call('addMember', mixId, member));
  }

  removeMember(mixId: string, memberId: string): Promise<Outcome<void>> {
    return this.at('mix', mixId, (worker) => worker.call('removeMember', mixId, memberId));
  }

  setMemberMuted(mixId: string, memberId: string, muted: boolean): Promise<Outcome<void>> {
    return this.at('mix', mixId, (worker) => worker.call('setMemberMuted', mixId, memberId, muted));
  }

  async openPlainReceiver(request: OpenPlainReceiverRequest): Promise<Outcome<OpenedPlainReceiver>> {
    const receiverId = request.receiverId ?? randomUUID();
    if (this.residents.find('receiver', receiverId)) {
      return refuse('MEDIA.ENDPOINT_EXISTS', `There is a receiver ${receiverId} already.`);
    }
    const slot = this.chooseSlot(request.group);
    const place = { kind: 'receiver', id: receiverId, group: request.group ?? null } as const;
    const bound = await this.binder.bind(slot, place, (worker, rtpPort) =>
      worker.call('openPlainReceiver', { ...request, receiverId }, this.loopbackPorts(rtpPort)),
    );
    if (!bound.ok) return bound;
    return accept({ receiverId, address: LOOPBACK, port: bound.value, rtcpPort: bound.value + 1 });
  }

  async closePlainReceiver(receiverId: string): Promise<Outcome<void>> {
    const outcome = await this.at('receiver', receiverId, (worker) => worker.call('closePlainReceiver', receiverId));
    this.release('receiver', receiverId);
    return outcome;
  }

  async openPlainSender(request: OpenPlainSenderRequest): Promise<Outcome<OpenedPlainSender>> {
    const senderId = request.senderId ?? randomUUID();
    const endpoint = this.residents.find('endpoint', request.endpointId);
    if (endpoint === undefined) return refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no endpoint ${request.endpointId}.`);
    if (this.residents.find('sender', senderId)) {
      return refuse('MEDIA.ENDPOINT_EXISTS', `There is a sender ${senderId} already.`);
    }
    const bound = await this.binder.bind(
      endpoint.slot,
      { kind: 'sender', id: senderId, group: tapOf(request.endpointId) },
      (worker, rtpPort) => worker.call('openPlainSender', { ...request, senderId }, this.loopbackPorts(rtpPort)),
    );
    if (!bound.ok) return bound;
    return accept({ senderId, address: LOOPBACK, port: bound.value, rtcpPort: bound.value + 1 });
  }

  async closePlainSender(senderId: string): Promise<Outcome<void>> {
    const outcome = await this.at('sender', senderId, (worker) => worker.call('closePlainSender', senderId));
    this.release('sender', senderId);
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
        endpoints: this.residents.count('endpoint', slot.index),
        mixes: this.residents.count('mix', slot.index),
        tickLateMs: slot.handle?.tickLateMs ?? 0,
      })),
      portsInUse: this.ports.total - this.ports.freeCount,
      portsTotal: this.ports.total,
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

  private async at<T>(
    kind: ResidentKind,
    id: string,
    act: (worker: WorkerHandle) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const resident = this.residents.find(kind, id);
    if (resident === undefined) return refuse(UNKNOWN[kind], `There is no ${kind} ${id}.`);
    const worker = this.workerIn(resident.slot);
    return worker.ok ? attempted(() => act(worker.value)) : worker;
  }

  /** Runs a playback or recording in the worker of its target. */
  private async attach<T>(
    kind: 'playback' | 'recording',
    id: string,
    target: { kind: ResidentKind; id: string },
    act: (worker: WorkerHandle) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const slot = this.residents.find(target.kind, target.id)?.slot;
    if (slot === undefined) return refuse(UNKNOWN[target.kind], `There is no ${target.kind} ${target.id}.`);
    if (this.residents.find(kind, id)) return refuse('MEDIA.BAD_REQUEST', `There is a ${kind} ${id} already.`);
    this.residents.add({ kind, id, slot, group: null, rtpPort: null });
    const outcome = await this.at(target.kind, target.id, act);
    if (!outcome.ok) this.residents.remove(kind, id);
    return outcome;
  }

  private workerIn(slot: number): Outcome<WorkerHandle> {
    if (this.closing !== null) return refuse('MEDIA.ENGINE_CLOSED', 'The audio engine is closed.');
    const handle = this.slots.slots[slot]?.handle ?? null;
    return handle === null ? refuse('MEDIA.WORKER_LOST', 'The audio worker is being replaced.') : accept(handle);
  }

  private chooseSlot(group: string | undefined): number {
    const known = group === undefined ? undefined : this.residents.slotOfGroup(group);
    if (known !== undefined) return known;
    let best = 0;
    let bestLoad = Infinity;
    for (const slot of this.slots.slots) {
      const load = this.residents.count('endpoint', slot.index) + this.residents.count('receiver', slot.index);
      if (slot.handle === null || load >= bestLoad) continue;
      best = slot.index;
      bestLoad = load;
    }
    return best;
  }

  /** False only when both exist and live apart; unknown ones are refused by name later. */
  private together(kindA: ResidentKind, idA: string, kindB: ResidentKind, idB: string): boolean {
    const a = this.residents.find(kindA, idA);
    const b = this.residents.find(kindB, idB);
    return a === undefined || b === undefined || a.slot === b.slot;
  }

  private loopbackPorts(rtpPort: number): PortAssignment {
    return { address: LOOPBACK, rtpPort, ssrc: randomSsrc(), cname: this.cname };
  }

  private release(kind: ResidentKind, id: string): void {
    const resident = this.residents.remove(kind, id);
    if (resident !== undefined) this.binder.release(resident);
  }

  private receive(event: AudioEngineEvent): void {
    if (event.type === 'play-ended') this.residents.remove('playback', event.playbackId);
    if (event.type === 'record-ended') this.residents.remove('recording', event.summary.recordingId);
    if (event.type === 'endpoint-closed') {
      this.release('endpoint', event.endpointId);
      // Senders end with the endpoint that they tap.
      for (const sender of this.residents.ofGroup('sender', tapOf(event.endpointId))) this.release('sender', sender.id);
    }
    this.emit(event);
  }

  private loseWorker(index: number, detail: string): void {
    this.ports.lose(index);
    for (const resident of this.residents.evict(index)) {
      if (resident.rtpPort !== null) this.ports.give(resident.rtpPort);
      if (resident.kind === 'endpoint') {
        this.emit({ type: 'endpoint-lost', endpointId: resident.id, reason: 'worker-crashed', detail });
      } else if (resident.kind === 'mix') {
        this.emit({ type: 'mix-lost', mixId: resident.id, detail });
      }
    }
  }

  private emit(event: AudioEngineEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

function differentWorkers(): Promise<Outcome<never>> {
  return Promise.resolve(
    refuse('MEDIA.DIFFERENT_WORKERS', 'They live in different worker threads: open them with the same group.'),
  );
}

function tapOf(endpointId: string): string {
  return `tap of ${endpointId}`;
}

function randomSsrc(): number {
  return randomBytes(4).readUInt32BE(0);
}
