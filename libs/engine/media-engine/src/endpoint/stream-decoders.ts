import { samplesPerFrame, type AudioCodec, type AudioDecoder } from '../codecs/audio-codec.js';

/** What one codec of a received stream needs. */
export interface StreamDecoder {
  readonly codec: AudioCodec;
  readonly decoder: AudioDecoder;
  /** Where a frame at its rate is put together. */
  readonly frame: Int16Array;
}

/**
 * The decoders of one stream, as many as we know codecs at most. Each is made at the codec's first packet, and kept for
 * when the stream comes back to it.
 */
export class StreamDecoders {
  private readonly made: StreamDecoder[] = [];

  of(codec: AudioCodec): StreamDecoder {
    for (const known of this.made) if (known.codec === codec) return known;
    const frame = new Int16Array(samplesPerFrame(codec.sampleRate));
    const fresh = { codec, decoder: codec.createDecoder(), frame };
    this.made.push(fresh);
    return fresh;
  }

  close(): void {
    for (const { decoder } of this.made.splice(0)) decoder.close();
  }
}
