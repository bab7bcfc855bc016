import type { PlayEndReason, PlayRequest, PlaySource } from '../api/play.js';
import { PcmFifo } from '../audio/pcm-fifo.js';
import type { Resampler, ResamplerFactory } from '../audio/resampler.js';
import { FRAME_MS, samplesPerFrame } from '../codecs/audio-codec.js';
import type { PipelineRate } from '../codecs/audio-codec.js';
import type { HoldMusic } from './hold-music.js';
import { MusicSource } from './music-source.js';
import type { PcmSource } from './pcm-source.js';
import { ToneSource } from './tone-source.js';
import { WavSource } from './wav-source.js';

const MAX_READ_SAMPLES = 960;

/** `onEnd` is called once, whatever ends the playback. */
export type PlaybackEnd = (
  reason: PlayEndReason,
  played: { playedMs: number; digit: string | null; detail: string | null },
) => void;

/** What the playbacks of one thread share. */
export interface PlaybackParts {
  readonly resamplers: ResamplerFactory;
  readonly music: HoldMusic;
}

/** Plays a list of sources, one frame per tick, at whatever rate the listener has. */
export class Playback {
  readonly blend: NonNullable<PlayRequest['blend']>;
  private readonly sources: PcmSource[];
  private readonly fifo = new PcmFifo(MAX_READ_SAMPLES * 8);
  private readonly input = new Int16Array(MAX_READ_SAMPLES);
  private frame = new Int16Array(0);
  private resampler: Resampler | null = null;
  private index = 0;
  private round = 1;
  private ready = false;
  private playedMs = 0;
  private ended = false;

  constructor(
    readonly playbackId: string,
    private readonly request: PlayRequest,
    private readonly parts: PlaybackParts,
    private readonly onEnd: PlaybackEnd,
  ) {
    this.blend = request.blend ?? 'replace';
    this.sources = request.sources.map((source) => createSource(source, parts.music));
  }

  /** Opens every source; resolves to the reason when one cannot be played. */
  async open(): Promise<string | null> {
    try {
      await Promise.all(this.sources.map((source) => source.open()));
    } catch (error) {
      await this.closeSources();
      return error instanceof Error ? error.message : String(error);
    }
    this.ready = true;
    return null;
  }

  /** The frame of this tick; null when nothing sounds any more. Silence while the disk is behind. */
  nextFrame(rate: PipelineRate): Int16Array | null {
    if (this.ended || !this.ready) return null;
    const samples = samplesPerFrame(rate);
    if (this.frame.length !== samples) this.frame = new Int16Array(samples);
    try {
      while (this.fifo.length < samples) {
        const filled = this.fill(rate);
        if (filled === 'more') continue;
        if (this.fifo.drain(this.frame) === 0 && filled === 'end') {
          this.end('finished');
          return null;
        }
        this.playedMs += FRAME_MS;
        return this.frame;
      }
    } catch (error) {
      this.end('failed', { detail: error instanceof Error ? error.message : String(error) });
      return null;
    }
    this.fifo.read(this.frame);
    this.playedMs += FRAME_MS;
    return this.frame;
  }

  /** Barge-in: true when the digit ended this playback. */
  offerDigit(digit: string): boolean {
    const { stopOnDtmf } = this.request;
    if (stopOnDtmf === undefined || stopOnDtmf === false) return false;
    if (stopOnDtmf !== true && !stopOnDtmf.includes(digit)) return false;
    this.end('dtmf', { digit });
    return true;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** Idempotent. */
  end(reason: PlayEndReason, more: { digit?: string; detail?: string } = {}): void {
    if (this.ended) return;
    this.ended = true;
    this.resampler?.close();
    this.resampler = null;
    void this.closeSources();
    this.onEnd(reason, { playedMs: this.playedMs, digit: more.digit ?? null, detail: more.detail ?? null });
  }

  /** Closes what `open` opened when there is nobody left to play to; `onEnd` is not called. */
  async abandon(): Promise<void> {
    this.ended = true;
    await this.closeSources();
  }

  private fill(rate: PipelineRate): 'more' | 'wait' | 'end' {
    const source = this.sources[this.index];
    if (source === undefined) return this.nextRound() ? 'more' : 'end';
    const wanted = Math.min(MAX_READ_SAMPLES, Math.ceil(source.sampleRate / 50));
    const input = this.input.subarray(0, wanted);
    const count = source.read(input);
    if (count === 'wait') return 'wait';
    if (count === 0) {
      this.index += 1;
      return 'more';
    }
    const samples = this.resample(count === wanted ? input : input.subarray(0, count), source.sampleRate, rate);
    this.fifo.write(samples, samples.length);
    return 'more';
  }

  private nextRound(): boolean {
    const repeat = this.request.repeat ?? 1;
    // A list without a single sample would turn for ever within one tick.
    if (this.playedMs === 0 && this.fifo.length === 0) return false;
    if (repeat !== 0 && this.round >= repeat) return false;
    this.round += 1;
    this.index = 0;
    for (const source of this.sources) source.rewind();
    return true;
  }

  private resample(samples: Int16Array, fromRate: number, toRate: number): Int16Array {
    if (fromRate === toRate) return samples;
    if (this.resampler === null || this.resampler.fromRate !== fromRate || this.resampler.toRate !== toRate) {
      this.resampler?.close();
      this.resampler = this.parts.resamplers.create(fromRate, toRate);
    }
    return this.resampler.process(samples);
  }

  private async closeSources(): Promise<void> {
    // A file that cannot be closed was read only; there is nothing to lose and nobody to tell.
    await Promise.allSettled(this.sources.map((source) => source.close()));
  }
}

function createSource(source: PlaySource, music: HoldMusic): PcmSource {
  switch (source.kind) {
    case 'file':
      return WavSource.fromFile(source.path);
    case 'memory':
      return WavSource.fromMemory(source.wav);
    case 'tone':
      return new ToneSource(source.steps, source.levelDbov);
    case 'silence':
      return new ToneSource([{ frequenciesHz: [], durationMs: source.durationMs }]);
    case 'music':
      return new MusicSource(music);
  }
}
