/* oxlint-disable typescript/no-non-null-assertion -- Lengths are checked before octets are read; a fallback would hide a missing check. */
import type { RtpHeaderExtension } from './rtp-packet.js';

/** RFC 8285 §4.2 and §4.3: the two profiles by which an extension holds several elements. */
const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE_MASK = 0xfff0;
const TWO_BYTE_PROFILE = 0x1000;

/**
 * Reads the elements by local id. An unknown profile has none; an element that overruns the extension ends the
 * reading, what came before it counts.
 *
 * ```
 * one byte:  | ID (4) | len - 1 (4) | data …        two byte:  | ID (8) | length (8) | data …
 * ```
 */
export function parseExtensionElements(extension: RtpHeaderExtension): Map<number, Uint8Array> {
  if (extension.profile === ONE_BYTE_PROFILE) return parseOneByte(extension.data);
  if ((extension.profile & TWO_BYTE_PROFILE_MASK) === TWO_BYTE_PROFILE) return parseTwoByte(extension.data);
  return new Map();
}

function parseOneByte(data: Uint8Array): Map<number, Uint8Array> {
  const elements = new Map<number, Uint8Array>();
  let offset = 0;
  while (offset < data.length) {
    const head = data[offset]!;
    const id = head >> 4;
    if (head === 0) {
      offset += 1;
      continue;
    }
    // RFC 8285 §4.2: 15 stops the processing of the whole extension.
    if (id === 15) break;
    const end = offset + 2 + (head & 0x0f);
    if (end > data.length) break;
    elements.set(id, data.subarray(offset + 1, end));
    offset = end;
  }
  return elements;
}

function parseTwoByte(data: Uint8Array): Map<number, Uint8Array> {
  const elements = new Map<number, Uint8Array>();
  let offset = 0;
  while (offset + 1 < data.length) {
    const id = data[offset]!;
    if (id === 0) {
      offset += 1;
      continue;
    }
    const end = offset + 2 + data[offset + 1]!;
    if (end > data.length) break;
    elements.set(id, data.subarray(offset + 2, end));
    offset = end;
  }
  return elements;
}
