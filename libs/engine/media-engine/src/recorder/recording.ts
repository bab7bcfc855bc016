import type { RecordEndReason, RecordingSummary, RecordRequest } from '../api/record.js';
import { levelDbov } from '../audio/level.js';
import { SPEECH_THRESHOLD_DBOV } from '../audio/speech-detector.js';
import type { RateConverter } from '../audio/rate-converter.js';
import type { PipelineRate } from '../codecs/audio-codec.js';
import { FRAME_MS, samplesPerFrame } from '../codecs/audio-codec.js';
import { WavWriter } from './wav-writer.js';

const CHUNK_MS = 1000;
/** A disk that falls behind by this much has failed. */
const MAX_QUEUED_CHUNKS = 20;
const DEFAULT_MAX_DURATION_MS = 3600_000;
/** Speech, as against a click: so many loud frames in all. */
const SPEECH_FRAMES = 5;

/** One file being recorded, fed one frame per tick. */
export class Recording {
  private chunk: Int16Array;
  private chunkSamples = 0;
  private durationMs = 0;
  private silenceMs = 0;
  private loudFrames = 0;
  private queued = 0;
  private writing: Promise<void> = Promise.resolve();
  private failure: Error | null = null;
  private ending: Promise<RecordingSummary> | null = null;

  private constructor(
    readonly recordingId: string,
    readonly request: RecordRequest,
    private readonly writer: WavWriter,
    private readonly format: { sampleRate: PipelineRate; converter: RateConverter },
    private readonly onEnd: (summary: RecordingSummary) => void,
  ) {
    this.chunk = new Int16Array((format.sampleRate * CHUNK_MS) / 1000);
  }

  /** Rejects with the system's error when the file cannot be made. */
  static async create(
    recordingId: string,
    request: RecordRequest,
    format: { sampleRate: PipelineRate; converter: RateConverter },
    onEnd: (summary: RecordingSummary) => void,
  ): Promise<Recording> {
    const writer = await WavWriter.create(request.path, format.sampleRate);
    return new Recording(recordingId, request, writer, format, onEnd);
  }

  /** Takes this tick's frame, which may change its rate when a call changes its codec; null is silence. */
  write(frame: Int16Array | null): void {
    if (this.ending !== null) return;
    const samples = samplesPerFrame(this.format.sampleRate);
    if (frame === null) this.chunk.fill(0, this.chunkSamples, this.chunkSamples + samples);
    else this.chunk.set(this.format.converter.convert(frame, this.format.sampleRate), this.chunkSamples);
    this.chunkSamples += samples;
    this.durationMs += FRAME_MS;
    this.observeLevel(frame);
    if (this.chunkSamples === this.chunk.length) this.flush();
    const endReason = this.dueReason();
    if (endReason !== null) void this.end(endReason);
  }

  /** True when the digit ended the recording. */
  offerDigit(digit: string): boolean {
    if (this.ending !== null || this.request.finishKeys?.includes(digit) !== true) return false;
    void this.end('finish-key', digit);
    return true;
  }

  get isEnding(): boolean {
    return this.ending !== null;
  }

  /** Idempotent: every caller gets the same summary. */
  end(reason: RecordEndReason, finishKey: string | null = null): Promise<RecordingSummary> {
    this.ending ??= this.finish(reason, finishKey);
    return this.ending;
  }

  private dueReason(): RecordEndReason | null {
    const { maxSilenceMs } = this.request;
    if (this.failure !== null || this.queued > MAX_QUEUED_CHUNKS) return 'failed';
    if (this.durationMs >= (this.request.maxDurationMs ?? DEFAULT_MAX_DURATION_MS)) return 'max-duration';
    if (maxSilenceMs !== undefined && maxSilenceMs > 0 && this.silenceMs >= maxSilenceMs) return 'silence';
    return null;
  }

  private observeLevel(frame: Int16Array | null): void {
    const loud = frame !== null && levelDbov(frame) > SPEECH_THRESHOLD_DBOV;
    if (loud) this.loudFrames += 1;
    this.silenceMs = loud ? 0 : this.silenceMs + FRAME_MS;
  }

  private flush(): void {
    if (this.chunkSamples === 0) return;
    const full = this.chunk.subarray(0, this.chunkSamples);
    this.chunk = new Int16Array(this.chunk.length);
    this.chunkSamples = 0;
    this.queued += 1;
    this.writing = this.writing
      .then(() => (this.failure === null ? this.writer.append(full) : undefined))
      .catch((error: unknown) => {
        this.failure = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.queued -= 1;
      });
  }

  private async finish(reason: RecordEndReason, finishKey: string | null): Promise<RecordingSummary> {
    this.flush();
    this.format.converter.close();
    await this.writing;
    let path: string | null = null;
    try {
      if (this.writer.durationMs > 0 || this.failure === null) {
        await this.writer.finish();
        path = this.request.path;
      } else await this.writer.discard();
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
    const summary: RecordingSummary = {
      recordingId: this.recordingId,
      reason: this.failure === null ? reason : isDiskFull(this.failure) ? 'disk-full' : 'failed',
      path,
      durationMs: this.writer.durationMs,
      silent: this.loudFrames < SPEECH_FRAMES,
      finishKey,
      detail: this.failure?.message ?? null,
    };
    this.onEnd(summary);
    return summary;
  }
}

function isDiskFull(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
