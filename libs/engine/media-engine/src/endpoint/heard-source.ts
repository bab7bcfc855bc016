import type { AudioCodec, PipelineRate } from '../codecs/audio-codec.js';

/** What an endpoint hears: a peer that must be transcoded, a mix, itself, or a link to another worker. */
export interface HeardSource {
  /** This tick's frame at the listener's rate, or null when there is nothing to hear. Valid during the tick. */
  frameFor(rate: PipelineRate): Int16Array | null;
  /** An encoded frame that several listeners share, when the sound is the same for all of them. */
  sharedPayload(codec: AudioCodec): Uint8Array | null;
  /** Called when the endpoint stops listening. */
  close(): void;
}

/** Something that speaks: its decoded frame of this tick. Who wants frames says so, so that nothing is decoded in vain. */
export interface Speaker {
  readonly currentFrame: Int16Array | null;
  retainDecoding(): void;
  releaseDecoding(): void;
}
