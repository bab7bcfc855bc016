/** A 64-bit keyed hash as 16 hexadecimal digits. */
export type KeyedHash = (text: string) => string;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): short inputs, a secret key, nobody without it can make the result.
 * Written with 32-bit halves; `text` counts by its low octets.
 * @param key 16 octets
 */
export function sipHash(key: Uint8Array): KeyedHash {
  const words = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const k0l = words.getUint32(0, true);
  const k0h = words.getUint32(4, true);
  const k1l = words.getUint32(8, true);
  const k1h = words.getUint32(12, true);
  const v = new Int32Array(8);

  return (text) => {
    v[0] = k0l ^ 0x70736575;
    v[1] = k0h ^ 0x736f6d65;
    v[2] = k1l ^ 0x6e646f6d;
    v[3] = k1h ^ 0x646f7261;
    v[4] = k0l ^ 0x6e657261;
    v[5] = k0h ^ 0x6c796765;
    v[6] = k1l ^ 0x79746573;
    v[7] = k1h ^ 0x74656462;
    const whole = text.length & ~7;
    for (let at = 0; at < whole; at += 8) absorb(v, word(text, at, 4), word(text, at + 4, 4));
    const left = text.length - whole;
    const low = word(text, whole, Math.min(left, 4));
    const high = left > 4 ? word(text, whole + 4, left - 4) : 0;
    absorb(v, low, high | ((text.length & 255) << 24));
    v[4] = (v[4] ?? 0) ^ 255;
    for (let count = 0; count < 4; count++) round(v);
    return (
      hex((v[1] ?? 0) ^ (v[3] ?? 0) ^ (v[5] ?? 0) ^ (v[7] ?? 0)) +
      hex((v[0] ?? 0) ^ (v[2] ?? 0) ^ (v[4] ?? 0) ^ (v[6] ?? 0))
    );
  };
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** Up to four octets, the first one lowest. */
function word(text: string, at: number, octets: number): number {
  let value = 0;
  for (let offset = 0; offset < octets; offset++) value |= (text.charCodeAt(at + offset) & 255) << (8 * offset);
  return value;
}

function absorb(v: Int32Array, low: number, high: number): void {
  v[6] = (v[6] ?? 0) ^ low;
  v[7] = (v[7] ?? 0) ^ high;
  round(v);
  round(v);
  v[0] = (v[0] ?? 0) ^ low;
  v[1] = (v[1] ?? 0) ^ high;
}

/** One SipRound; v0…v3 lie in pairs of low and high word. */
function round(v: Int32Array): void {
  add(v, 0, 2);
  add(v, 4, 6);
  rotate(v, 2, 13);
  rotate(v, 6, 16);
  mix(v, 2, 0);
  mix(v, 6, 4);
  rotate(v, 0, 32);
  add(v, 4, 2);
  add(v, 0, 6);
  rotate(v, 2, 17);
  rotate(v, 6, 21);
  mix(v, 2, 4);
  mix(v, 6, 0);
  rotate(v, 4, 32);
}

function add(v: Int32Array, to: number, from: number): void {
  const low = ((v[to] ?? 0) >>> 0) + ((v[from] ?? 0) >>> 0);
  v[to] = low | 0;
  v[to + 1] = ((v[to + 1] ?? 0) + (v[from + 1] ?? 0) + (low > 0xffffffff ? 1 : 0)) | 0;
}

function mix(v: Int32Array, to: number, from: number): void {
  v[to] = (v[to] ?? 0) ^ (v[from] ?? 0);
  v[to + 1] = (v[to + 1] ?? 0) ^ (v[from + 1] ?? 0);
}

function rotate(v: Int32Array, at: number, bits: number): void {
  const low = v[at] ?? 0;
  const high = v[at + 1] ?? 0;
  if (bits === 32) {
    v[at] = high;
    v[at + 1] = low;
    return;
  }
  v[at] = (low << bits) | (high >>> (32 - bits));
  v[at + 1] = (high << bits) | (low >>> (32 - bits));
}
