import { randomInt } from 'node:crypto';
import type { AudioEngineEvent } from '../api/events.js';
import type { PlaySource } from '../api/play.js';
import { PooledWebRtcGateway } from '../webrtc/pooled-webrtc-gateway.js';
import type { WebRtcGateway } from '../webrtc/webrtc-api.js';
import { answerRequest } from './requests/answer-request.js';
import { ROUTER_CODECS } from './router-codecs.js';
import type { SfuEvent, SfuListener } from './sfu-event.js';
import { DEFAULT_SFU_LIMITS, type SfuEngineOptions, type SfuLimits } from './sfu-options.js';
import { granted, refused, type SfuOutcome } from './sfu-outcome.js';
import type { SfuRequest } from './sfu-request.js';
import { SfuRoom } from './sfu-room.js';
import { SPEAKING_INTERVAL_MS, SPEAKING_THRESHOLD_DB } from './speaking.js';
import { type RunningWorker, type WorkerHealth, WorkerPool } from './worker-pool.js';

const WAIT_FOR_WORKER_MS = 5_000;
const MOST_SPEAKERS = 8;
const CALLS_LIKE_A_ROOM = 4;

export interface SfuHealth {
  readonly workers: readonly WorkerHealth[];
  readonly rooms: number;
}

/**
 * Meetings' media: browsers are forwarded by mediasoup, phones are bridged in from the audio engine. Nothing rejects on
 * bad input: see `SfuOutcome`. What happens by itself is told to `on` listeners.
 */
export class SfuEngine {
  private readonly limits: SfuLimits;
  private readonly rooms = new Map<string, SfuRoom>();
  /** Rooms on their way: who opens the same room meanwhile waits for the same work. */
  private readonly opening = new Map<string, Promise<SfuOutcome<void>>>();
  private readonly listeners = new Set<SfuListener>();
  private readonly pool: WorkerPool;
  private readonly calls: PooledWebRtcGateway;
  private readonly stopAudio: () => void;
  private closed = false;

  constructor(private readonly options: SfuEngineOptions) {
    this.limits = { ...DEFAULT_SFU_LIMITS, ...options.limits };
    this.pool = new WorkerPool({
      listenAddress: options.listenAddress,
      announcedAddress: options.announcedAddress,
      announcedAddress6: options.announcedAddress6,
      webRtcPorts: options.webRtcPorts,
      workerBinary: options.workerBinary,
      emit: (event) => this.tell(event),
    });
    this.calls = new PooledWebRtcGateway({
      acquire: () => this.acquire(),
      ports: options.bridgePorts,
      ...(options.connectionLimits === undefined ? {} : { limits: options.connectionLimits }),
    });
    this.stopAudio = options.audio.on((event) => this.hearAudio(event));
  }

  /** The WebRTC sides of endpoints in calls; they share the workers with the rooms. */
  get webRtc(): WebRtcGateway {
    return this.calls;
  }

  /** Starts the workers. A worker that does not start is retried and shows in `health`. */
  async start(): Promise<void> {
    await this.pool.start();
  }

  /** @returns stops listening */
  on(listener: SfuListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Opening what is open is no error. Waits a few seconds for a worker that is being replaced. */
  openRoom(roomId: string): Promise<SfuOutcome<void>> {
    if (this.rooms.has(roomId)) return Promise.resolve(granted(undefined));
    const running = this.opening.get(roomId);
    if (running !== undefined) return running;
    const work = this.makeRoom(roomId).finally(() => this.opening.delete(roomId));
    this.opening.set(roomId, work);
    return work;
  }

  /** Closing what is closed is no error. */
  async closeRoom(roomId: string): Promise<void> {
    await this.opening.get(roomId);
    const room = this.rooms.get(roomId);
    this.rooms.delete(roomId);
    await room?.close();
  }

  /** Answers a browser in a room. */
  async request(
    roomId: string,
    participantId: string,
    request: SfuRequest,
  ): Promise<SfuOutcome<Record<string, unknown>>> {
    const room = this.rooms.get(roomId);
    if (room === undefined) return refused('SFU.ROOM_UNKNOWN', 'The room is not open');
    if (!room.participants.has(participantId) && room.participants.size >= this.limits.participantsPerRoom)
      return refused('SFU.LIMIT', 'The room is full');
    return answerRequest({ room, participant: room.enter(participantId), limits: this.limits }, request);
  }

  /** Puts a phone's endpoint into the room. @returns the id of the producer through which browsers hear it */
  async attachPhone(
    roomId: string,
    phone: { readonly participantId: string; readonly endpointId: string; readonly muted: boolean },
  ): Promise<SfuOutcome<{ producerId: string }>> {
    const room = this.rooms.get(roomId);
    if (room === undefined) return refused('SFU.ROOM_UNKNOWN', 'The room is not open');
    const attached = await room.attachPhone(phone.participantId, phone.endpointId, phone.muted);
    return attached.ok ? granted({ producerId: attached.value }) : attached;
  }

  /** Closes the participant's transports, or detaches its phone; the phone's endpoint lives on. Idempotent. */
  async removeParticipant(roomId: string, participantId: string): Promise<void> {
    await this.rooms.get(roomId)?.leave(participantId);
  }

  async setMuted(roomId: string, participantId: string, muted: boolean): Promise<SfuOutcome<void>> {
    const room = this.rooms.get(roomId);
    if (room === undefined) return refused('SFU.ROOM_UNKNOWN', 'The room is not open');
    return room.setMuted(participantId, muted);
  }

  /** Plays to the room's phones, over what they hear. */
  async announce(roomId: string, sources: readonly PlaySource[]): Promise<SfuOutcome<void>> {
    const room = this.rooms.get(roomId);
    if (room === undefined) return refused('SFU.ROOM_UNKNOWN', 'The room is not open');
    await room.bridge.announce(sources);
    return granted(undefined);
  }

  /** What the bridge of a room holds open; undefined where the room is not open. */
  bridgeSize(roomId: string): { phones: number; feeds: number } | undefined {
    return this.rooms.get(roomId)?.bridge.size;
  }

  health(): SfuHealth {
    return { workers: this.pool.health(), rooms: this.rooms.size };
  }

  /** Closes rooms, then workers. Idempotent. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.stopAudio();
    this.calls.closeAll();
    await Promise.all(this.opening.values());
    await Promise.all([...this.rooms.keys()].map((roomId) => this.closeRoom(roomId)));
    await this.pool.close();
  }

  private async makeRoom(roomId: string): Promise<SfuOutcome<void>> {
    if (this.closed) return refused('SFU.CLOSED', 'The SFU is closed');
    if (this.rooms.size >= this.limits.rooms) return refused('SFU.LIMIT', 'Too many rooms are open');
    const running = await this.acquire();
    if (running === undefined) return refused('SFU.UNAVAILABLE', 'No mediasoup worker runs');
    try {
      const room = await this.buildRoom(roomId, running);
      this.rooms.set(roomId, room);
      return granted(undefined);
    } catch (error) {
      return refused('SFU.UNAVAILABLE', error instanceof Error ? error.message : String(error));
    }
  }

  private async buildRoom(roomId: string, { index, worker, webRtcServer }: RunningWorker): Promise<SfuRoom> {
    const router = await worker.createRouter({ mediaCodecs: ROUTER_CODECS });
    const levels = await router.createAudioLevelObserver({
      maxEntries: MOST_SPEAKERS,
      threshold: SPEAKING_THRESHOLD_DB,
      interval: SPEAKING_INTERVAL_MS,
    });
    const { audio, bridgePorts: ports, randomSsrc = () => randomInt(1, 2 ** 32) } = this.options;
    const emit = (event: SfuEvent): void => this.tell(event);
    const failed = (detail: string): void => this.tell({ type: 'bridge-failed', roomId, detail });
    const bridge = { audio, ports, randomSsrc, failed };
    const room = new SfuRoom({ roomId, workerIndex: index, router, webRtcServer, levels, emit, bridge });
    router.once('workerclose', () => this.loseRoom(room, 'The mediasoup worker ended'));
    return room;
  }

  private loseRoom(room: SfuRoom, reason: string): void {
    if (this.closed || room.closed || this.rooms.get(room.roomId) !== room) return;
    this.rooms.delete(room.roomId);
    void room.close();
    this.tell({ type: 'room-lost', roomId: room.roomId, reason });
  }

  /** A room counts as many calls: it usually holds as many streams. */
  private acquire(): Promise<RunningWorker | undefined> {
    return this.pool.acquire(
      (index) => this.roomsOn(index) * CALLS_LIKE_A_ROOM + this.calls.countOn(index),
      WAIT_FOR_WORKER_MS,
    );
  }

  private roomsOn(workerIndex: number): number {
    return [...this.rooms.values()].filter((room) => room.workerIndex === workerIndex).length;
  }

  private hearAudio(event: AudioEngineEvent): void {
    switch (event.type) {
      case 'endpoint-closed':
        return this.losePhone(event.endpointId);
      case 'endpoint-lost':
        // Silence is for the call's owner to judge; the endpoint is still there.
        return event.reason === 'rtp-silence' ? undefined : this.losePhone(event.endpointId);
      case 'mix-lost': {
        const room = this.roomOfMix(event.mixId);
        if (room !== undefined) void room.losePhones();
        return;
      }
      case 'mix-levels':
        this.roomOfMix(event.mixId)?.hearPhones(event.levels);
        return;
      case 'media-started':
      case 'dtmf-received':
      case 'play-ended':
      case 'record-ended':
      case 'worker-replaced':
        return;
    }
  }

  private losePhone(endpointId: string): void {
    for (const room of this.rooms.values()) {
      const leg = room.bridge.phoneOfEndpoint(endpointId);
      if (leg !== undefined) void room.leave(leg.participantId);
    }
  }

  private roomOfMix(mixId: string): SfuRoom | undefined {
    return [...this.rooms.values()].find((room) => room.bridge.mixId === mixId);
  }

  private tell(event: SfuEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
