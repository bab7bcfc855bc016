/**
 * RIFF/WAVE with PCM16 (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0"):
 *
 * ```
 * 'RIFF' size 'WAVE' | 'fmt ' 16 format channels rate bytesPerSecond blockAlign bits | … | 'data' size samples…
 * ```
 */
export interface WavFormat {
  sampleRate: number;
  channels: number;
  dataOffset: number;
  /** As the header says; a file still being written may hold less or more. */
  dataLength: number;
}

export type WavHeaderResult =
  | { ok: true; format: WavFormat }
  | { ok: false; code: 'WAV.NOT_WAVE' | 'WAV.INCOMPLETE' | 'WAV.UNSUPPORTED'; offset: number };

export const WAV_HEADER_LENGTH = 44;
/** How much of a file's beginning is searched for its audio. */
export const WAV_HEADER_SEARCH_OCTETS = 65_536;

const PCM = 1;
const EXTENSIBLE = 0xfffe;
const MIN_RATE = 8000;
const MAX_RATE = 48_000;
const MAX_CHANNELS = 8;

export function parseWavHeader(bytes: Uint8Array): WavHeaderResult {
  if (bytes.length < 12) return { ok: false, code: 'WAV.INCOMPLETE', offset: bytes.length };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WAVE') return { ok: false, code: 'WAV.NOT_WAVE', offset: 0 };
  let format: { sampleRate: number; channels: number } | null = null;
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const tag = tagAt(view, offset);
    const size = view.getUint32(offset + 4, true);
    const body = offset + 8;
    if (tag === 'fmt ') {
      if (body + 16 > bytes.length) break;
      const kind = view.getUint16(body, true);
      const channels = view.getUint16(body + 2, true);
      const sampleRate = view.getUint32(body + 4, true);
      const supported =
        (kind === PCM || kind === EXTENSIBLE) &&
        view.getUint16(body + 14, true) === 16 &&
        channels >= 1 &&
        channels <= MAX_CHANNELS &&
        sampleRate >= MIN_RATE &&
        sampleRate <= MAX_RATE;
      if (!supported) return { ok: false, code: 'WAV.UNSUPPORTED', offset: body };
      format = { sampleRate, channels };
    } else if (tag === 'data') {
      if (format === null) return { ok: false, code: 'WAV.NOT_WAVE', offset };
      return { ok: true, format: { ...format, dataOffset: body, dataLength: size } };
    }
    offset = body + size + (size & 1);
  }
  return { ok: false, code: 'WAV.INCOMPLETE', offset: Math.min(offset, bytes.length) };
}

/** The 44 octets before mono PCM16 of `dataLength` octets. */
export function buildWavHeader(sampleRate: number, dataLength: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_LENGTH);
  const view = new DataView(bytes.buffer);
  writeTag(bytes, 0, 'RIFF');
  view.setUint32(4, 36 + dataLength, true);
  writeTag(bytes, 8, 'WAVE');
  writeTag(bytes, 12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  writeTag(bytes, 36, 'data');
  view.setUint32(40, dataLength, true);
  return bytes;
}

function tagAt(view: DataView, offset: number): string {
  let tag = '';
  for (let index = 0; index < 4; index += 1) tag += String.fromCharCode(view.getUint8(offset + index));
  return tag;
}

function writeTag(bytes: Uint8Array, offset: number, tag: string): void {
  for (let index = 0; index < 4; index += 1) bytes[offset + index] = tag.charCodeAt(index);
}
