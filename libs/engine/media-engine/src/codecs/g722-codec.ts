/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
import { MAX_DECODED_SAMPLES, type AudioCodec, type AudioDecoder, type AudioEncoder } from './audio-codec.js';
import { G722Band, HIGHER_BAND, LOWER_BAND, saturate } from './g722-band.js';
import { RepeatingConcealment } from './repeating-concealment.js';

const FRAME_OCTETS = 160;

/** The filter that parts and joins the bands (ITU-T G.722 table 11): half of it, the rest is its mirror. */
const QMF = Int16Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);
const QMF_TAPS = 12;
/** Samples that the filter reaches back. */
const QMF_MEMORY = 22;

/** Tables of the quantisers and of their inverses (ITU-T G.722 §6.2). */
const WL = Int16Array.of(-60, -30, 58, 172, 334, 538, 1198, 3042);
const RL42 = Uint8Array.of(0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0);
const WH = Int16Array.of(0, -214, 798);
const RH2 = Uint8Array.of(2, 1, 2, 1);
const QM2 = Int16Array.of(-7408, -1616, 7408, 1616);
const QM4 = Int16Array.of(
  ...[0, -20_456, -12_896, -8968, -6288, -4240, -2584, -1200],
  ...[20_456, 12_896, 8968, 6288, 4240, 2584, 1200, 0],
);
const POSITIVE_QM6 = [
  ...[24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280, 11_192, 10_232, 9360, 8576, 7856, 7192, 6576, 6000],
  ...[5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728],
];
const QM6 = Int16Array.of(
  ...[-136, -136, -136, -136, ...POSITIVE_QM6.map((value) => -value)],
  ...[...POSITIVE_QM6, 432, 136, -432, -136],
);
const Q6 = Int16Array.of(
  ...[0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023],
  ...[1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919],
);
const ILN = Uint8Array.of(
  ...[0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5],
  ...[4, 0],
);
const ILP = Uint8Array.of(0, ...Array.from({ length: 30 }, (_, index) => 61 - index), 0);
const QUANTILES = 30;
const HIGH_QUANTILE = 564;

/** 64 kbit/s in two bands (ITU-T G.722 mode 1). */
class G722Decoder implements AudioDecoder {
  private readonly low = new G722Band(LOWER_BAND);
  private readonly high = new G722Band(HIGHER_BAND);
  /** Sums and differences of the bands: what the filter remembers, then those of one packet. */
  private readonly x = new Int32Array(QMF_MEMORY + MAX_DECODED_SAMPLES);
  private readonly concealment = new RepeatingConcealment();

  decode(payload: Uint8Array, into: Int16Array): number {
    const octets = Math.min(payload.length, into.length >> 1, MAX_DECODED_SAMPLES >> 1);
    for (let index = 0; index < octets; index += 1) this.decodeOctet(payload[index]!, into, index * 2);
    this.x.copyWithin(0, octets * 2, octets * 2 + QMF_MEMORY);
    this.concealment.remember(into, octets * 2);
    return octets * 2;
  }

  conceal(into: Int16Array, samples: number): number {
    return this.concealment.fill(into, samples);
  }

  close(): void {
    // Nothing is held outside the heap.
  }

  private decodeOctet(octet: number, into: Int16Array, at: number): void {
    const { low, high, x } = this;
    const lower = octet & 0x3f;
    const higher = octet >> 6;
    const rlow = limited(low.s + ((low.det * QM6[lower]!) >> 15));
    const dlow = (low.det * QM4[lower >> 2]!) >> 15;
    low.follow(WL[RL42[lower >> 2]!]!);
    low.adapt(dlow);
    const dhigh = (high.det * QM2[higher]!) >> 15;
    const rhigh = limited(high.s + dhigh);
    high.follow(WH[RH2[higher]!]!);
    high.adapt(dhigh);
    x[at + QMF_MEMORY] = rlow + rhigh;
    x[at + QMF_MEMORY + 1] = rlow - rhigh;
    let odd = 0;
    let even = 0;
    for (let tap = 0; tap < QMF_TAPS; tap += 1) {
      even += x[at + tap * 2]! * QMF[tap]!;
      odd += x[at + tap * 2 + 1]! * QMF[QMF_TAPS - 1 - tap]!;
    }
    into[at] = saturate(odd >> 11);
    into[at + 1] = saturate(even >> 11);
  }
}

class G722Encoder implements AudioEncoder {
  private readonly low = new G722Band(LOWER_BAND);
  private readonly high = new G722Band(HIGHER_BAND);
  /** What the filter remembers, then the samples of one frame. */
  private readonly x = new Int32Array(QMF_MEMORY + FRAME_OCTETS * 2);
  private readonly payload = new Uint8Array(FRAME_OCTETS);

  encode(frame: Int16Array): Uint8Array {
    const { payload, x } = this;
    x.set(frame, QMF_MEMORY);
    for (let index = 0; index < FRAME_OCTETS; index += 1) payload[index] = this.encodePair(index * 2);
    x.copyWithin(0, FRAME_OCTETS * 2);
    return payload;
  }

  close(): void {
    // Nothing is held outside the heap.
  }

  private encodePair(at: number): number {
    const { low, high, x } = this;
    let odd = 0;
    let even = 0;
    for (let tap = 0; tap < QMF_TAPS; tap += 1) {
      odd += x[at + tap * 2]! * QMF[tap]!;
      even += x[at + tap * 2 + 1]! * QMF[QMF_TAPS - 1 - tap]!;
    }
    const lower = quantiseLow(saturate(((even + odd) >> 14) - low.s), low.det);
    const dlow = (low.det * QM4[lower >> 2]!) >> 15;
    low.follow(WL[RL42[lower >> 2]!]!);
    low.adapt(dlow);
    const higher = quantiseHigh(saturate(((even - odd) >> 14) - high.s), high.det);
    const dhigh = (high.det * QM2[higher]!) >> 15;
    high.follow(WH[RH2[higher]!]!);
    high.adapt(dhigh);
    return (higher << 6) | lower;
  }
}

/** QUANTL */
function quantiseLow(difference: number, det: number): number {
  const size = difference >= 0 ? difference : -(difference + 1);
  let at = 1;
  while (at < QUANTILES && size >= (Q6[at]! * det) >> 12) at += 1;
  return difference < 0 ? ILN[at]! : ILP[at]!;
}

/** QUANTH */
function quantiseHigh(difference: number, det: number): number {
  const size = difference >= 0 ? difference : -(difference + 1);
  const large = size >= (HIGH_QUANTILE * det) >> 12;
  if (difference < 0) return large ? 0 : 1;
  return large ? 2 : 3;
}

/** LIMIT */
function limited(value: number): number {
  return value > 16_383 ? 16_383 : value < -16_384 ? -16_384 : value;
}

/** RFC 3551 §4.5.2: its clock is 8000 Hz, though it has 16,000 samples a second. */
export const G722_CODEC: AudioCodec = {
  name: 'G722',
  clockRate: 8000,
  sampleRate: 16_000,
  silence: Uint8Array.from(new G722Encoder().encode(new Int16Array(FRAME_OCTETS * 2))),
  stateless: false,
  createDecoder: () => new G722Decoder(),
  createEncoder: () => new G722Encoder(),
};
