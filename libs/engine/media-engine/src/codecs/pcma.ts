/** G.711 A-law (ITU-T G.711, RFC 3551 §4.5.14). Both directions are tables. */

/**
 * ```
 *  7 6 5 4 3 2 1 0    even bits inverted on the wire
 * |S| exp | mantissa |
 * ```
 */
function expand(octet: number): number {
  const plain = octet ^ 0x55;
  const exponent = (plain >> 4) & 0x07;
  const mantissa = (plain & 0x0f) << 4;
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return (plain & 0x80) !== 0 ? magnitude : -magnitude;
}

function compress(sample: number): number {
  const positive = sample >= 0;
  // 12 bits of magnitude; a negative sample mirrors around -1 so that both laws' zero crossings agree.
  const magnitude = (positive ? sample : -sample - 1) >> 3;
  const octet = magnitude < 32 ? magnitude >> 1 : compressLarge(magnitude);
  return (octet | (positive ? 0x80 : 0)) ^ 0x55;
}

function compressLarge(magnitude: number): number {
  const exponent = 31 - Math.clz32(magnitude) - 4;
  return (exponent << 4) | ((magnitude >> exponent) & 0x0f);
}

/** Index: octet. Value: 16-bit sample. */
export const PCMA_TO_LINEAR = Int16Array.from({ length: 256 }, (_, octet) => expand(octet));

/** Index: sample as unsigned 16 bit. Value: octet. */
export const LINEAR_TO_PCMA = Uint8Array.from({ length: 65536 }, (_, index) => compress((index << 16) >> 16));
