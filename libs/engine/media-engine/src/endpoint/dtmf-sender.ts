import { buildTelephoneEvent, dtmfEventOfKey } from '@carillon/rtp';
import { dtmfToneSteps, ToneGenerator } from '../audio/tone-generator.js';
import type { PipelineRate } from '../codecs/audio-codec.js';
import { FRAME_MS, samplesPerFrame } from '../codecs/audio-codec.js';
import type { OutgoingStream } from './outgoing-stream.js';

const MIN_DURATION_MS = 40;
const MAX_DURATION_MS = 6000;
/** RFC 4733 §2.5.1.4: the end is sent three times. */
const END_PACKETS = 3;
const PAUSE_MS = 60;
const MAX_QUEUED = 64;
const VOLUME = 10;

interface QueuedKey {
  key: string;
  /** Null while the other side still holds it down. */
  durationMs: number | null;
}

export interface DtmfFormat {
  payloadType: number;
  clockRate: number;
}

/**
 * Sends keys one after the other as telephone events, or as tones when none are negotiated. While a key sounds the
 * audio of the stream is held back (RFC 4733 §2.5.1.2 leaves that to the sender).
 */
export class DtmfSender {
  private readonly queue: QueuedKey[] = [];
  private current: { item: QueuedKey; timestamp: number; elapsedMs: number; endsSent: number } | null = null;
  private pauseMs = 0;
  private tone: { generator: ToneGenerator; frame: Int16Array } | null = null;

  /** Queues a key; `durationMs` null when its end will follow by `release`. False when the queue is full. */
  press(key: string, durationMs: number | null): boolean {
    if (this.queue.length >= MAX_QUEUED || dtmfEventOfKey(key) === null) return false;
    this.queue.push({ key, durationMs });
    return true;
  }

  /** Ends the oldest held key of that name. */
  release(key: string, durationMs: number): void {
    const held = [this.current?.item, ...this.queue].find((item) => item?.key === key && item.durationMs === null);
    if (held) held.durationMs = durationMs;
  }

  get busy(): boolean {
    return this.current !== null || this.tone !== null || this.pauseMs > 0 || this.queue.length > 0;
  }

  /** Sends this tick's event packet. */
  tickEvent(stream: OutgoingStream, format: DtmfFormat, nowMs: number): void {
    if (this.current === null && !this.startNext(stream.beginEvent(nowMs))) return;
    const { current } = this;
    if (current === null) return;
    const event = dtmfEventOfKey(current.item.key) ?? 0;
    const first = current.elapsedMs === 0;
    if (current.endsSent === 0) current.elapsedMs += FRAME_MS;
    const wantedMs = current.item.durationMs ?? MAX_DURATION_MS;
    const end = current.elapsedMs >= Math.max(MIN_DURATION_MS, Math.min(MAX_DURATION_MS, wantedMs));
    const duration = Math.min(0xffff, Math.round((current.elapsedMs * format.clockRate) / 1000));
    const payload = buildTelephoneEvent({ event, end, volume: VOLUME, duration });
    stream.sendEvent(format.payloadType, first, current.timestamp, payload);
    if (!end) return;
    current.endsSent += 1;
    if (current.endsSent < END_PACKETS) return;
    this.current = null;
    this.pauseMs = PAUSE_MS;
  }

  /** In-band: the frame of this tick, or null when no key sounds. */
  tickTone(rate: PipelineRate): Int16Array | null {
    if (this.tone === null || this.tone.frame.length !== samplesPerFrame(rate)) {
      const item = this.queue.shift();
      if (item === undefined) return null;
      const durationMs = Math.max(MIN_DURATION_MS * 2, Math.min(MAX_DURATION_MS, item.durationMs ?? 0));
      this.tone = {
        generator: new ToneGenerator(dtmfToneSteps(item.key, durationMs, PAUSE_MS), rate),
        frame: new Int16Array(samplesPerFrame(rate)),
      };
    }
    const { generator, frame } = this.tone;
    if (generator.read(frame) < frame.length) this.tone = null;
    return frame;
  }

  private startNext(timestamp: number): boolean {
    if (this.pauseMs > 0) {
      this.pauseMs -= FRAME_MS;
      return false;
    }
    const item = this.queue.shift();
    if (item === undefined) return false;
    this.current = { item, timestamp, elapsedMs: 0, endsSent: 0 };
    return true;
  }
}
