import { levelDbov, SILENCE_DBOV } from './level.js';

/** Above this a frame counts as speech. Line noise sits below -50, quiet speech around -35. */
export const SPEECH_THRESHOLD_DBOV = -45;
/** Frames that speech outlasts its last loud frame: bridges the pauses between words. */
const HANGOVER_FRAMES = 20;
const SMOOTHING = 0.3;

/** Who is speaking, from levels. One per source; fed once per tick. */
export class SpeechDetector {
  private hangover = 0;
  private smoothed = SILENCE_DBOV;

  /** Null is a tick without audio. */
  observe(frame: Int16Array | null): void {
    const level = frame === null ? SILENCE_DBOV : levelDbov(frame);
    this.smoothed += (level - this.smoothed) * SMOOTHING;
    if (level > SPEECH_THRESHOLD_DBOV) this.hangover = HANGOVER_FRAMES;
    else if (this.hangover > 0) this.hangover -= 1;
  }

  get speaking(): boolean {
    return this.hangover > 0;
  }

  /** Smoothed over some ticks. */
  get levelDbov(): number {
    return Math.round(this.smoothed);
  }
}
