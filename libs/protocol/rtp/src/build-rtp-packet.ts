import { RTP_HEADER_LENGTH, RTP_VERSION } from './rtp-packet.js';

export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
}

/**
 * Writes header and payload into `into` and returns the packet's length. The caller owns the buffer, so that a
 * stream can send without allocating; it needs 12 octets more than the payload.
 */
export function writeRtpPacket(into: Uint8Array, header: RtpHeader, payload: Uint8Array): number {
  into[0] = RTP_VERSION << 6;
  into[1] = (header.marker ? 0x80 : 0) | (header.payloadType & 0x7f);
  into[2] = header.sequence >>> 8;
  into[3] = header.sequence;
  writeUint32(into, 4, header.timestamp);
  writeUint32(into, 8, header.ssrc);
  into.set(payload, RTP_HEADER_LENGTH);
  return RTP_HEADER_LENGTH + payload.length;
}

/** Builds one packet in a buffer of its own. */
export function buildRtpPacket(header: RtpHeader, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RTP_HEADER_LENGTH + payload.length);
  writeRtpPacket(bytes, header, payload);
  return bytes;
}

function writeUint32(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value >>> 24;
  into[offset + 1] = value >>> 16;
  into[offset + 2] = value >>> 8;
  into[offset + 3] = value;
}
