/** G.711 µ-law (ITU-T G.711, RFC 3551 §4.5.14). Both directions are tables. */

const BIAS = 0x84;
const CLIP = 32635;

/**
 * ```
 *  7 6 5 4 3 2 1 0    all bits inverted on the wire
 * |S| exp | mantissa |
 * ```
 */
function expand(octet: number): number {
  const inverted = ~octet & 0xff;
  const exponent = (inverted >> 4) & 0x07;
  const magnitude = ((((inverted & 0x0f) << 3) + BIAS) << exponent) - BIAS;
  return (inverted & 0x80) !== 0 ? -magnitude : magnitude;
}

function compress(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(CLIP, sample < 0 ? -sample : sample) + BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/** Index: octet. Value: 16-bit sample. */
export const PCMU_TO_LINEAR = Int16Array.from({ length: 256 }, (_, octet) => expand(octet));

/** Index: sample as unsigned 16 bit. Value: octet. */
export const LINEAR_TO_PCMU = Uint8Array.from({ length: 65536 }, (_, index) => compress((index << 16) >> 16));
