import type { types } from 'mediasoup';
import type { AudioEngine } from '../../api/audio-engine.js';
import type { PlaySource } from '../../api/play.js';
import { SerialTasks } from '../serial-tasks.js';
import { granted, refused, type SfuOutcome } from '../sfu-outcome.js';
import { expectGranted } from './bridge-failure.js';
import { openMixFeed, type MixFeed } from './mix-feed.js';
import { openPhoneLeg, type PhoneLeg } from './phone-leg.js';

export interface RoomBridgeOptions {
  readonly roomId: string;
  readonly router: types.Router;
  readonly audio: AudioEngine;
  readonly ports: { readonly min: number; readonly max: number };
  readonly randomSsrc: () => number;
  /** A browser that phones cannot hear: worth a log line. */
  readonly failed: (detail: string) => void;
}

const MOST_MIX_MEMBERS = 512;

/**
 * Between a room's phones (audio engine) and its browsers (SFU). Nothing exists here while no phone is in: the first
 * one in opens the mix and a feed for every browser's audio, the last one out closes them. Steps run one at a time.
 */
export class RoomBridge {
  private readonly tasks = new SerialTasks();
  /** Browsers' audio producers, bridged or not. */
  private readonly producers = new Map<string, types.Producer>();
  private readonly phones = new Map<string, PhoneLeg>();
  private readonly feeds = new Map<string, MixFeed>();
  private mix: string | undefined;
  private closed = false;

  constructor(private readonly options: RoomBridgeOptions) {}

  get mixId(): string | undefined {
    return this.mix;
  }

  hasPhone(participantId: string): boolean {
    return this.phones.has(participantId);
  }

  phoneOfEndpoint(endpointId: string): PhoneLeg | undefined {
    return [...this.phones.values()].find((leg) => leg.endpointId === endpointId);
  }

  phoneIds(): string[] {
    return [...this.phones.keys()];
  }

  /** What the bridge holds open, for tests and figures. */
  get size(): { phones: number; feeds: number } {
    return { phones: this.phones.size, feeds: this.feeds.size };
  }

  attachPhone(participantId: string, endpointId: string, muted: boolean): Promise<SfuOutcome<PhoneLeg>> {
    return this.tasks.run(async () => {
      if (this.closed) return refused('SFU.ROOM_UNKNOWN', 'The room is closed');
      const known = this.phones.get(participantId);
      if (known?.endpointId === endpointId) return granted(known);
      await known?.close();
      try {
        const mixId = await this.openMix();
        const { router, audio, ports, randomSsrc } = this.options;
        const ssrc = randomSsrc();
        const leg = await openPhoneLeg({ router, audio, ports, mixId, participantId, endpointId, muted, ssrc });
        this.phones.set(participantId, leg);
        for (const producer of this.producers.values()) await this.openFeed(producer);
        return granted(leg);
      } catch (error) {
        this.phones.delete(participantId);
        await this.closeIfIdle();
        return refused('SFU.ENDPOINT_UNAVAILABLE', error instanceof Error ? error.message : String(error));
      }
    });
  }

  /** Idempotent. */
  detachPhone(participantId: string): Promise<void> {
    return this.tasks.run(async () => {
      const leg = this.phones.get(participantId);
      if (leg === undefined) return;
      this.phones.delete(participantId);
      await leg.close();
      await this.closeIfIdle();
    });
  }

  async setMuted(participantId: string, muted: boolean): Promise<void> {
    const leg = this.phones.get(participantId);
    if (leg !== undefined) await this.options.audio.setMuted(leg.endpointId, muted);
  }

  /** A browser's audio exists: from now on phones hear it, those in and those to come. */
  feedProducer(producer: types.Producer): void {
    this.producers.set(producer.id, producer);
    void this.tasks.run(async () => {
      if (this.phones.size > 0) await this.openFeed(producer);
    });
  }

  unfeedProducer(producerId: string): void {
    if (!this.producers.delete(producerId)) return;
    void this.tasks.run(async () => {
      const feed = this.feeds.get(producerId);
      this.feeds.delete(producerId);
      await feed?.close();
    });
  }

  /** Plays to all phones over what they hear; nothing where there is none. */
  announce(sources: readonly PlaySource[]): Promise<void> {
    return this.tasks.run(async () => {
      if (this.mix === undefined) return;
      const target = { kind: 'mix', mixId: this.mix } as const;
      const played = await this.options.audio.play({ target, sources, blend: 'overlay' });
      if (!played.ok) this.options.failed(`An announcement cannot be played: ${played.detail}`);
    });
  }

  /** Idempotent; phones' endpoints live on, hearing silence. */
  close(): Promise<void> {
    this.closed = true;
    return this.tasks.run(async () => {
      const legs = [...this.phones.values()];
      this.phones.clear();
      for (const leg of legs) await leg.close();
      await this.closeIfIdle();
      this.producers.clear();
    });
  }

  private async openMix(): Promise<string> {
    if (this.mix !== undefined) return this.mix;
    const { audio, roomId } = this.options;
    const opened = expectGranted(
      'The mix cannot be opened',
      await audio.openMix({ group: roomId, maxMembers: MOST_MIX_MEMBERS }),
    );
    this.mix = opened.mixId;
    return opened.mixId;
  }

  private async openFeed(producer: types.Producer): Promise<void> {
    if (this.mix === undefined || this.feeds.has(producer.id) || producer.closed || this.closed) return;
    const { router, audio, ports, roomId } = this.options;
    try {
      const feed = await openMixFeed({ router, audio, ports, mixId: this.mix, group: roomId, producer });
      this.feeds.set(producer.id, feed);
    } catch (error) {
      if (!producer.closed && !router.closed)
        this.options.failed(`Phones cannot hear a browser: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async closeIfIdle(): Promise<void> {
    if (this.phones.size > 0) return;
    const feeds = [...this.feeds.values()];
    this.feeds.clear();
    for (const feed of feeds) await feed.close();
    const { mix } = this;
    this.mix = undefined;
    if (mix !== undefined) await this.options.audio.closeMix(mix);
  }
}
