import type { RtpPacket } from '@carillon/rtp';
import type { AudioCodec } from '../codecs/audio-codec.js';
import type { Speaker } from './heard-source.js';
import { IncomingAudio } from './incoming-audio.js';

/** The received side of a stream: fed with packets, it decodes only while somebody wants frames. */
export class DecodingPath implements Speaker {
  /** This tick's frame; null is silence. */
  currentFrame: Int16Array | null = null;
  private audio: IncomingAudio | null = null;
  private wanted = 0;
  private discardedBefore = 0;

  retainDecoding(): void {
    this.wanted += 1;
  }

  releaseDecoding(): void {
    this.wanted -= 1;
    if (this.wanted === 0) this.dropAudio();
  }

  /** @param codec of this packet; null: it carries no audio */
  feed({ sequence, payload }: RtpPacket, codec: AudioCodec | null, newSource: boolean): void {
    if (this.wanted === 0) return;
    if (this.audio === null) {
      if (codec === null) return;
      this.audio = new IncomingAudio(codec);
    }
    if (newSource) this.audio.restart();
    this.audio.insert(sequence, payload, codec);
  }

  /** Makes this tick's frame. */
  tick(jitterMs: number): void {
    this.currentFrame = this.audio === null ? null : this.audio.pull(jitterMs);
  }

  get discardedPackets(): number {
    return this.discardedBefore + (this.audio?.discardedPackets ?? 0);
  }

  close(): void {
    this.dropAudio();
  }

  private dropAudio(): void {
    this.discardedBefore += this.audio?.discardedPackets ?? 0;
    this.audio?.close();
    this.audio = null;
    this.currentFrame = null;
  }
}
