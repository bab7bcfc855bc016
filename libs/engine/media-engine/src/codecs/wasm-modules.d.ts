/**
 * The WebAssembly build of @evan/opus, addressed directly: the package's native build keeps one output buffer per
 * process, which worker threads overwrite for each other.
 */
declare module '@evan/opus/wasm/index.js' {
  type OpusRate = 8000 | 12000 | 16000 | 24000 | 48000;
  class Decoder {
    constructor(options: { channels: 1 | 2; sample_rate: OpusRate });
    /** PCM16 in native order. Throws on a packet that is not Opus. */
    decode(packet: Uint8Array): Uint8Array;
    drop(): void;
  }
  class Encoder {
    constructor(options: { channels: 1 | 2; sample_rate: OpusRate; application: 'voip' | 'audio' });
    encode(pcm: Int16Array): Uint8Array;
    ctl(request: number, value?: number): number;
    drop(): void;
  }
  const opus: { Decoder: typeof Decoder; Encoder: typeof Encoder };
  export default opus;
  export type { Decoder, Encoder };
}

/** SpeexDSP's resampler (speex_resampler.h). Pointers are byte offsets into the heap. */
declare module '@echogarden/speex-resampler-wasm' {
  interface SpeexResamplerModule {
    HEAP16: Int16Array;
    HEAP32: Int32Array;
    _malloc(octets: number): number;
    _free(pointer: number): void;
    _speex_resampler_init(channels: number, from: number, to: number, quality: number, error: number): number;
    _speex_resampler_process_int(
      state: number,
      channel: number,
      input: number,
      inputLength: number,
      output: number,
      outputLength: number,
    ): number;
    _speex_resampler_skip_zeros(state: number): number;
    _speex_resampler_destroy(state: number): void;
  }
  export default function createSpeexResampler(): Promise<SpeexResamplerModule>;
  export type { SpeexResamplerModule };
}
