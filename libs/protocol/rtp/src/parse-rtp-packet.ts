/* oxlint-disable typescript/no-non-null-assertion -- Lengths are checked before octets are read; a fallback would hide a missing check. */
import type { RtpHeaderExtension, RtpPacket } from './rtp-packet.js';
import { RTP_HEADER_LENGTH, RTP_VERSION } from './rtp-packet.js';

export type RtpParseErrorCode = 'RTP.TRUNCATED' | 'RTP.BAD_VERSION' | 'RTP.BAD_PADDING';

export type RtpParseResult = { ok: true; packet: RtpPacket } | { ok: false; code: RtpParseErrorCode; offset: number };

const NO_CSRCS: readonly number[] = [];

/** Reads one datagram. The payload and the extension are views, nothing is copied. */
export function parseRtpPacket(bytes: Uint8Array): RtpParseResult {
  const length = bytes.length;
  if (length < RTP_HEADER_LENGTH) return failure('RTP.TRUNCATED', length);
  const first = bytes[0]!;
  if (first >> 6 !== RTP_VERSION) return failure('RTP.BAD_VERSION', 0);

  const csrcCount = first & 0x0f;
  let offset = RTP_HEADER_LENGTH + csrcCount * 4;
  if (offset > length) return failure('RTP.TRUNCATED', length);
  const csrcs = csrcCount === 0 ? NO_CSRCS : readCsrcs(bytes, csrcCount);

  let extension: RtpHeaderExtension | null = null;
  if ((first & 0x10) !== 0) {
    if (offset + 4 > length) return failure('RTP.TRUNCATED', length);
    const profile = readUint16(bytes, offset);
    const end = offset + 4 + readUint16(bytes, offset + 2) * 4;
    if (end > length) return failure('RTP.TRUNCATED', length);
    extension = { profile, data: bytes.subarray(offset + 4, end) };
    offset = end;
  }

  let paddingLength = 0;
  if ((first & 0x20) !== 0) {
    paddingLength = bytes[length - 1]!;
    if (paddingLength === 0 || offset + paddingLength > length) return failure('RTP.BAD_PADDING', length - 1);
  }

  const second = bytes[1]!;
  return {
    ok: true,
    packet: {
      marker: (second & 0x80) !== 0,
      payloadType: second & 0x7f,
      sequence: readUint16(bytes, 2),
      timestamp: readUint32(bytes, 4),
      ssrc: readUint32(bytes, 8),
      csrcs,
      extension,
      payload: bytes.subarray(offset, length - paddingLength),
      paddingLength,
    },
  };
}

function failure(code: RtpParseErrorCode, offset: number): RtpParseResult {
  return { ok: false, code, offset };
}

function readCsrcs(bytes: Uint8Array, count: number): number[] {
  const csrcs: number[] = [];
  for (let index = 0; index < count; index += 1) csrcs.push(readUint32(bytes, RTP_HEADER_LENGTH + index * 4));
  return csrcs;
}

function readUint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 8) | bytes[offset + 1]!;
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (readUint16(bytes, offset) * 0x10000 + readUint16(bytes, offset + 2)) >>> 0;
}
