/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
import type { AudioCodec, AudioDecoder, AudioEncoder } from './audio-codec.js';
import { RepeatingConcealment } from './repeating-concealment.js';
import { LINEAR_TO_PCMA, PCMA_TO_LINEAR } from './pcma.js';
import { LINEAR_TO_PCMU, PCMU_TO_LINEAR } from './pcmu.js';

const FRAME_SAMPLES = 160;

class G711Decoder implements AudioDecoder {
  private readonly concealment = new RepeatingConcealment();

  constructor(private readonly table: Int16Array) {}

  decode(payload: Uint8Array, into: Int16Array): number {
    const { table } = this;
    const count = Math.min(payload.length, into.length);
    for (let index = 0; index < count; index += 1) into[index] = table[payload[index]!]!;
    this.concealment.remember(into, count);
    return count;
  }

  conceal(into: Int16Array, samples: number): number {
    return this.concealment.fill(into, samples);
  }

  close(): void {
    // Nothing is held outside the heap.
  }
}

class G711Encoder implements AudioEncoder {
  private readonly payload = new Uint8Array(FRAME_SAMPLES);

  constructor(private readonly table: Uint8Array) {}

  encode(frame: Int16Array): Uint8Array {
    const { payload, table } = this;
    for (let index = 0; index < FRAME_SAMPLES; index += 1) payload[index] = table[frame[index]! & 0xffff]!;
    return payload;
  }

  close(): void {
    // Nothing is held outside the heap.
  }
}

export const PCMU_CODEC: AudioCodec = {
  name: 'PCMU',
  clockRate: 8000,
  sampleRate: 8000,
  silence: new Uint8Array(FRAME_SAMPLES).fill(LINEAR_TO_PCMU[0]!),
  stateless: true,
  createDecoder: () => new G711Decoder(PCMU_TO_LINEAR),
  createEncoder: () => new G711Encoder(LINEAR_TO_PCMU),
};

export const PCMA_CODEC: AudioCodec = {
  name: 'PCMA',
  clockRate: 8000,
  sampleRate: 8000,
  silence: new Uint8Array(FRAME_SAMPLES).fill(LINEAR_TO_PCMA[0]!),
  stateless: true,
  createDecoder: () => new G711Decoder(PCMA_TO_LINEAR),
  createEncoder: () => new G711Encoder(LINEAR_TO_PCMA),
};
