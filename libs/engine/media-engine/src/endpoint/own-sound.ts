import { levelDbov } from '../audio/level.js';

/** What is quieter is silence, as a phone with its microphone off sends it. */
const AUDIBLE_DBOV = -55;
/** Sound that goes on for so long is more than the end of a sentence. */
const OWN_SOUND_MS = 400;
/** A pause in it: music breathes. */
const PAUSE_MS = 3000;
/** The end of a sentence is followed by so much quiet at most. */
const SENTENCE_MS = 60;
const FRAME_MS = 20;

/**
 * Whether who is listened to sounds by itself, as a phone does that plays its own music to whom it holds: then nothing of
 * ours is put in its place.
 */
export class OwnSound {
  private soundMs = 0;
  private quietMs = Infinity;

  /** Call once for each tick. @param frame what is heard of it; null is silence */
  sounds(frame: Int16Array | null): boolean {
    if (frame !== null && levelDbov(frame) > AUDIBLE_DBOV) {
      this.soundMs += FRAME_MS;
      this.quietMs = 0;
    } else this.quietMs += FRAME_MS;
    const goesOn = this.quietMs <= (this.soundMs >= OWN_SOUND_MS ? PAUSE_MS : SENTENCE_MS);
    if (!goesOn) this.soundMs = 0;
    return goesOn;
  }
}
