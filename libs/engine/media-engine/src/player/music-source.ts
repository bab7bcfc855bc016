import { HOLD_MUSIC_RATE, type HoldMusic } from './hold-music.js';
import type { PcmSource } from './pcm-source.js';

/** The music for who waits, from its beginning. */
export class MusicSource implements PcmSource {
  readonly sampleRate = HOLD_MUSIC_RATE;
  private at = 0;

  constructor(private readonly music: HoldMusic) {}

  async open(): Promise<void> {
    // It is made while it is heard.
  }

  read(into: Int16Array): number {
    const count = this.music.read(this.at, into);
    this.at += count;
    return count;
  }

  rewind(): void {
    this.at = 0;
  }

  async close(): Promise<void> {
    // Nothing to close.
  }
}
