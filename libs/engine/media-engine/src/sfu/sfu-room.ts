import type { types } from 'mediasoup';
import type { MemberLevel } from '../api/mix.js';
import { RoomBridge } from './bridge/room-bridge.js';
import type { RoomBridgeOptions } from './bridge/room-bridge.js';
import type { ProducerView, SfuEmit, Speaker } from './sfu-event.js';
import { granted, refused, type SfuOutcome } from './sfu-outcome.js';
import { type HeldProducer, SfuParticipant, viewProducer } from './sfu-participant.js';
import { Speaking } from './speaking.js';

export interface SfuRoomParts {
  readonly roomId: string;
  readonly workerIndex: number;
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  readonly levels: types.AudioLevelObserver;
  readonly emit: SfuEmit;
  readonly bridge: Omit<RoomBridgeOptions, 'roomId' | 'router'>;
}

/** One meeting's media: its router, who is in it, and the bridge to its phones. */
export class SfuRoom {
  readonly roomId: string;
  readonly workerIndex: number;
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  readonly bridge: RoomBridge;
  readonly participants = new Map<string, SfuParticipant>();
  readonly speaking: Speaking;
  closed = false;
  private readonly emit: SfuEmit;
  private readonly levels: types.AudioLevelObserver;

  constructor({ roomId, workerIndex, router, webRtcServer, levels, emit, bridge }: SfuRoomParts) {
    this.roomId = roomId;
    this.workerIndex = workerIndex;
    this.router = router;
    this.webRtcServer = webRtcServer;
    this.levels = levels;
    this.emit = emit;
    this.bridge = new RoomBridge({ roomId, router, ...bridge });
    this.speaking = new Speaking((speakers) => {
      if (!this.closed) emit({ type: 'speaking', roomId, speakers });
    });
    levels.on('volumes', (volumes) => this.speaking.hearBrowsers(this.readVolumes(volumes)));
    levels.on('silence', () => this.speaking.hearBrowsers([]));
  }

  /** A participant exists from its first request on. */
  enter(participantId: string): SfuParticipant {
    const known = this.participants.get(participantId);
    if (known !== undefined) return known;
    const participant = new SfuParticipant(participantId);
    this.participants.set(participantId, participant);
    return participant;
  }

  /** Closes all that the participant has here. Idempotent. */
  async leave(participantId: string): Promise<void> {
    const participant = this.participants.get(participantId);
    if (participant === undefined) return;
    this.participants.delete(participantId);
    participant.close();
    this.speaking.forget(participantId);
    await this.bridge.detachPhone(participantId);
  }

  /** Tells the others of a producer and keeps them told until it closes. */
  addProducer(participant: SfuParticipant, held: HeldProducer): void {
    const { producer, source } = held;
    const { participantId } = participant;
    participant.producers.get(source)?.producer.close();
    participant.producers.set(source, held);
    const told = (type: 'producer-added' | 'producer-updated'): void =>
      this.emit({ type, roomId: this.roomId, producer: viewProducer(participantId, held) });
    producer.observer.once('close', () => this.dropProducer(participant, held));
    producer.observer.on('pause', () => told('producer-updated'));
    producer.observer.on('resume', () => told('producer-updated'));
    told('producer-added');
    if (producer.kind !== 'audio') return;
    // A phone's level is read in the mix, and the mix has it already.
    if (this.bridge.hasPhone(participantId)) return;
    // Fails only where the producer closed meanwhile, and then nothing is to be observed.
    this.levels.addProducer({ producerId: producer.id }).catch(() => undefined);
    this.bridge.feedProducer(producer);
  }

  /** Puts a phone in; it is a participant with a microphone like any other. */
  async attachPhone(participantId: string, endpointId: string, muted: boolean): Promise<SfuOutcome<string>> {
    const participant = this.enter(participantId);
    participant.muted = muted;
    const attached = await this.bridge.attachPhone(participantId, endpointId, muted);
    if (!attached.ok) {
      await this.leave(participantId);
      return attached;
    }
    const { producer } = attached.value;
    if (participant.closed) {
      await this.bridge.detachPhone(participantId);
      return refused('SFU.PARTICIPANT_UNKNOWN', 'The participant left meanwhile');
    }
    if (participant.producers.get('microphone')?.producer !== producer)
      this.addProducer(participant, { producer, source: 'microphone' });
    return granted(producer.id);
  }

  /** Mutes in the media plane itself: the microphone's packets go no further. */
  async setMuted(participantId: string, muted: boolean): Promise<SfuOutcome<void>> {
    const participant = this.participants.get(participantId);
    if (participant === undefined) return refused('SFU.PARTICIPANT_UNKNOWN', 'There is no such participant');
    participant.muted = muted;
    const producer = participant.producers.get('microphone')?.producer;
    await this.bridge.setMuted(participantId, muted);
    await (muted ? producer?.pause() : producer?.resume());
    return granted(undefined);
  }

  /** Levels of the mix; browsers' feeds are in it too, but their levels are read from their packets. */
  hearPhones(levels: readonly MemberLevel[]): void {
    this.speaking.hearPhones(
      levels
        .filter(({ memberId, speaking }) => speaking && this.bridge.hasPhone(memberId))
        .map(({ memberId, levelDbov }) => ({ participantId: memberId, levelDb: levelDbov })),
    );
  }

  /** The mix is gone with its worker thread, and the phones' endpoints with it. */
  async losePhones(): Promise<void> {
    for (const participantId of this.bridge.phoneIds()) await this.leave(participantId);
  }

  listProducers(): ProducerView[] {
    return [...this.participants.values()].flatMap(({ participantId, producers }) =>
      [...producers.values()].map((held) => viewProducer(participantId, held)),
    );
  }

  findProducer(producerId: string): { participant: SfuParticipant; held: HeldProducer } | undefined {
    for (const participant of this.participants.values()) {
      const held = participant.producer(producerId);
      if (held !== undefined) return { participant, held };
    }
    return undefined;
  }

  /** Participants first, then the bridge, then the router. Idempotent; says nothing of single producers. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const participant of this.participants.values()) participant.close();
    this.participants.clear();
    await this.bridge.close();
    this.router.close();
  }

  private dropProducer(participant: SfuParticipant, { producer, source }: HeldProducer): void {
    if (participant.producers.get(source)?.producer === producer) participant.producers.delete(source);
    if (this.closed) return;
    this.bridge.unfeedProducer(producer.id);
    if (source === 'microphone') this.speaking.forget(participant.participantId);
    this.emit({
      type: 'producer-removed',
      roomId: this.roomId,
      participantId: participant.participantId,
      producerId: producer.id,
      reason: 'closed',
    });
  }

  private readVolumes(volumes: readonly types.AudioLevelObserverVolume[]): Speaker[] {
    return volumes.flatMap(({ producer, volume }) => {
      const found = this.findProducer(producer.id);
      if (found === undefined) return [];
      return [{ participantId: found.participant.participantId, levelDb: volume }];
    });
  }
}
