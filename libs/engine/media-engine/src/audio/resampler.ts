// oxlint-disable-next-line typescript/triple-slash-reference -- Ambient declarations of untyped packages cannot be imported.
/// <reference path="../codecs/wasm-modules.d.ts" />
import createSpeexResampler from '@echogarden/speex-resampler-wasm';
import type { SpeexResamplerModule } from '@echogarden/speex-resampler-wasm';

/** Speex quality 0…10: 4 is about 80 dB of stop band, enough for telephony. */
const QUALITY = 4;
/** The most input samples of one call: 40 ms at 48 kHz. */
const MAX_INPUT = 1920;
/** 8 kHz to 48 kHz grows sixfold. */
const MAX_OUTPUT = MAX_INPUT * 6 + 16;

/** Makes resamplers; loads the WebAssembly module once per thread. */
export class ResamplerFactory {
  private constructor(private readonly speex: SpeexResamplerModule) {}

  static async load(): Promise<ResamplerFactory> {
    return new ResamplerFactory(await createSpeexResampler());
  }

  create(fromRate: number, toRate: number): Resampler {
    return new Resampler(this.speex, fromRate, toRate);
  }
}

/** Changes the sample rate of one mono stream. Must be closed: its state lives outside the JavaScript heap. */
export class Resampler {
  private readonly state: number;
  private readonly memory: number;
  private readonly output = new Int16Array(MAX_OUTPUT);
  private closed = false;

  constructor(
    private readonly speex: SpeexResamplerModule,
    readonly fromRate: number,
    readonly toRate: number,
  ) {
    // Layout: two lengths of 4 octets, the input, the output.
    this.memory = speex._malloc(8 + (MAX_INPUT + MAX_OUTPUT) * 2);
    this.state = speex._speex_resampler_init(1, fromRate, toRate, QUALITY, this.memory);
    if (this.memory === 0 || this.state === 0) throw new Error(`No resampler for ${fromRate} to ${toRate} Hz.`);
  }

  /** Returns a view that the next call overwrites. `input` is at most 40 ms. */
  process(input: Int16Array): Int16Array {
    const { speex, memory } = this;
    const inputAt = memory + 8;
    const outputAt = inputAt + MAX_INPUT * 2;
    const count = Math.min(input.length, MAX_INPUT);
    speex.HEAP16.set(count === input.length ? input : input.subarray(0, count), inputAt >> 1);
    speex.HEAP32[memory >> 2] = count;
    speex.HEAP32[(memory >> 2) + 1] = MAX_OUTPUT;
    speex._speex_resampler_process_int(this.state, 0, inputAt, memory, outputAt, memory + 4);
    const produced = speex.HEAP32[(memory >> 2) + 1] ?? 0;
    this.output.set(speex.HEAP16.subarray(outputAt >> 1, (outputAt >> 1) + produced));
    return this.output.subarray(0, produced);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.speex._speex_resampler_destroy(this.state);
    this.speex._free(this.memory);
  }
}
