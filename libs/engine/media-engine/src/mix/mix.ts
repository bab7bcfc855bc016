/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
import type { AudioEngineEvent } from '../api/events.js';
import type { MemberLevel } from '../api/mix.js';
import { clip16 } from '../audio/level.js';
import { RateConverter } from '../audio/rate-converter.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import type { AudioCodec, AudioEncoder, PipelineRate } from '../codecs/audio-codec.js';
import { samplesPerFrame } from '../codecs/audio-codec.js';
import type { HeardSource, Speaker } from '../endpoint/heard-source.js';
import type { Playback } from '../player/playback.js';
import type { Recording } from '../recorder/recording.js';
import { MixMember } from './mix-member.js';

const LEVEL_INTERVAL_MS = 500;
const MIN_LEVEL_INTERVAL_MS = 200;

/**
 * Mix-minus: each listener hears the sum less itself. Voices are summed once per rate (16 kHz, and 8 kHz when a
 * narrowband phone listens); listeners who contribute nothing share one encoded frame per codec.
 */
export class Mix {
  readonly members = new Map<string, MixMember>();
  readonly recordings = new Set<Recording>();
  playback: Playback | null = null;
  private readonly wideSum = new Int32Array(samplesPerFrame(16000));
  private readonly narrowSum = new Int32Array(samplesPerFrame(8000));
  private readonly wholeWide = new Int16Array(samplesPerFrame(16000));
  private readonly wholeNarrow = new Int16Array(samplesPerFrame(8000));
  private readonly sharedEncoders = new Map<string, AudioEncoder>();
  private readonly sharedPayloads = new Map<string, Uint8Array>();
  private narrowListeners = 0;
  private voices = 0;
  private announcing = false;
  private readonly playbackToNarrow: RateConverter;
  private lastLevelsMs = 0;
  private lastSpeakers = '';

  constructor(
    readonly mixId: string,
    readonly maxMembers: number,
    private readonly resamplers: ResamplerFactory,
    private readonly emit: (event: AudioEngineEvent) => void,
  ) {
    this.playbackToNarrow = new RateConverter(resamplers);
  }

  /** The member's id must be free. */
  add(memberId: string, speaker: Speaker): MixMember {
    const member = new MixMember(memberId, speaker, this.resamplers);
    this.members.set(memberId, member);
    return member;
  }

  remove(memberId: string): boolean {
    const member = this.members.get(memberId);
    if (member === undefined) return false;
    this.members.delete(memberId);
    member.close();
    return true;
  }

  /** What a member hears. */
  sourceFor(member: MixMember): HeardSource {
    return new MixSource(this, member);
  }

  /** Sums this tick's voices. Runs between the endpoints' receive and send halves. */
  tick(nowMs: number): void {
    this.wideSum.fill(0);
    this.narrowSum.fill(0);
    this.sharedPayloads.clear();
    this.voices = 0;
    this.announcing = false;
    for (const member of this.members.values()) {
      member.tick(this.narrowListeners > 0);
      if (member.wide === null) continue;
      this.voices += 1;
      addInto(this.wideSum, member.wide);
      if (member.narrow !== null) addInto(this.narrowSum, member.narrow);
    }
    this.addPlayback();
    clipInto(this.wholeWide, this.wideSum);
    clipInto(this.wholeNarrow, this.narrowSum);
    this.feedRecordings();
    this.reportLevels(nowMs);
  }

  /** The sum less `member`, written into `into`; null when nobody else is heard. */
  frameWithout(member: MixMember, rate: PipelineRate, into: Int16Array): Int16Array | null {
    const own = rate === 16000 ? member.wide : member.narrow;
    if (own === null) return this.silent ? null : rate === 16000 ? this.wholeWide : this.wholeNarrow;
    if (this.voices === 1 && !this.announcing) return null;
    const sum = rate === 16000 ? this.wideSum : this.narrowSum;
    for (let index = 0; index < into.length; index += 1) into[index] = clip16(sum[index]! - own[index]!);
    return into;
  }

  /** One encoding of the whole sum for everybody who adds nothing to it. */
  sharedPayload(member: MixMember, codec: AudioCodec): Uint8Array | null {
    // A stateless codec may change between shared and own frames at any tick, Opus only after a long quiet.
    if (codec.stateless ? member.wide !== null : !member.sharesEncoder) return null;
    const known = this.sharedPayloads.get(codec.name);
    if (known !== undefined) return known;
    const payload = this.silent ? codec.silence : this.encodeShared(codec);
    this.sharedPayloads.set(codec.name, payload);
    return payload;
  }

  retainNarrow(): void {
    this.narrowListeners += 1;
  }

  releaseNarrow(): void {
    this.narrowListeners -= 1;
  }

  async close(): Promise<void> {
    this.playback?.end('target-closed');
    this.playback = null;
    await Promise.all([...this.recordings].map((recording) => recording.end('target-closed')));
    for (const memberId of [...this.members.keys()]) this.remove(memberId);
    for (const encoder of this.sharedEncoders.values()) encoder.close();
    this.sharedEncoders.clear();
    this.playbackToNarrow.close();
  }

  private get silent(): boolean {
    return this.voices === 0 && !this.announcing;
  }

  private encodeShared(codec: AudioCodec): Uint8Array {
    let encoder = this.sharedEncoders.get(codec.name);
    if (encoder === undefined) {
      encoder = codec.createEncoder();
      this.sharedEncoders.set(codec.name, encoder);
    }
    return encoder.encode(codec.sampleRate === 16000 ? this.wholeWide : this.wholeNarrow);
  }

  private addPlayback(): void {
    if (this.playback === null) return;
    const frame = this.playback.nextFrame(16000);
    if (frame === null) {
      if (this.playback.isEnded) this.playback = null;
      return;
    }
    this.announcing = true;
    addInto(this.wideSum, frame);
    if (this.narrowListeners > 0) addInto(this.narrowSum, this.playbackToNarrow.convert(frame, 8000));
  }

  private feedRecordings(): void {
    for (const recording of this.recordings) {
      if (recording.isEnding) this.recordings.delete(recording);
      else recording.write(this.wholeWide);
    }
  }

  private reportLevels(nowMs: number): void {
    const sinceMs = nowMs - this.lastLevelsMs;
    if (sinceMs < MIN_LEVEL_INTERVAL_MS) return;
    let speakers = '';
    for (const member of this.members.values()) if (member.detector.speaking) speakers += `${member.memberId}\n`;
    if (speakers === this.lastSpeakers && (speakers === '' || sinceMs < LEVEL_INTERVAL_MS)) return;
    this.lastSpeakers = speakers;
    this.lastLevelsMs = nowMs;
    const levels: MemberLevel[] = [...this.members.values()].map((member) => ({
      memberId: member.memberId,
      levelDbov: member.detector.levelDbov,
      speaking: member.detector.speaking,
    }));
    this.emit({ type: 'mix-levels', mixId: this.mixId, levels });
  }
}

class MixSource implements HeardSource {
  private readonly wide = new Int16Array(samplesPerFrame(16000));
  private readonly narrow = new Int16Array(samplesPerFrame(8000));
  private retained = false;
  private closed = false;

  constructor(
    private readonly mix: Mix,
    private readonly member: MixMember,
  ) {}

  frameFor(rate: PipelineRate): Int16Array | null {
    this.retain(rate);
    return this.mix.frameWithout(this.member, rate, rate === 16000 ? this.wide : this.narrow);
  }

  sharedPayload(codec: AudioCodec): Uint8Array | null {
    this.retain(codec.sampleRate);
    return this.mix.sharedPayload(this.member, codec);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.retained) this.mix.releaseNarrow();
  }

  /** The narrowband sum is made from the first narrowband tick on. */
  private retain(rate: PipelineRate): void {
    if (rate !== 8000 || this.retained) return;
    this.retained = true;
    this.mix.retainNarrow();
  }
}

function addInto(sum: Int32Array, frame: Int16Array): void {
  for (let index = 0; index < sum.length; index += 1) sum[index] = sum[index]! + frame[index]!;
}

function clipInto(into: Int16Array, sum: Int32Array): void {
  for (let index = 0; index < into.length; index += 1) into[index] = clip16(sum[index]!);
}
