import type { Goodbye, ReportBlock, RtcpPacket, SourceDescription } from './rtcp-packet.js';
import { REPORT_BLOCK_LENGTH, RTCP_TYPE } from './rtcp-packet.js';

export type RtcpParseErrorCode = 'RTCP.TRUNCATED' | 'RTCP.BAD_VERSION' | 'RTCP.BAD_LENGTH' | 'RTCP.BAD_PADDING';

export type RtcpParseResult =
  { ok: true; packets: RtcpPacket[] } | { ok: false; code: RtcpParseErrorCode; offset: number };

const decoder = new TextDecoder('utf-8', { fatal: false });

/**
 * Reads a compound packet (RFC 3550 §6.1). One bad part refuses the whole: a sender that miscounts cannot be trusted.
 *
 * ```
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  count  |      PT       |    length in words less one   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseRtcp(bytes: Uint8Array): RtcpParseResult {
  if (bytes.length < 4) return { ok: false, code: 'RTCP.TRUNCATED', offset: bytes.length };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: RtcpPacket[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return { ok: false, code: 'RTCP.TRUNCATED', offset };
    const first = view.getUint8(offset);
    if (first >> 6 !== 2) return { ok: false, code: 'RTCP.BAD_VERSION', offset };
    const end = offset + 4 + view.getUint16(offset + 2) * 4;
    if (end > bytes.length) return { ok: false, code: 'RTCP.TRUNCATED', offset };
    let bodyEnd = end;
    if ((first & 0x20) !== 0) {
      const padding = end > offset + 4 ? view.getUint8(end - 1) : 0;
      if (padding === 0 || padding % 4 !== 0 || end - padding < offset + 4) {
        return { ok: false, code: 'RTCP.BAD_PADDING', offset: end - 1 };
      }
      bodyEnd = end - padding;
    }
    const packet = parseOne(
      view.getUint8(offset + 1),
      first & 0x1f,
      new DataView(bytes.buffer, bytes.byteOffset + offset + 4, bodyEnd - offset - 4),
    );
    if (packet === null) return { ok: false, code: 'RTCP.BAD_LENGTH', offset };
    packets.push(packet);
    offset = end;
  }
  return { ok: true, packets };
}

function parseOne(packetType: number, count: number, body: DataView): RtcpPacket | null {
  switch (packetType) {
    case RTCP_TYPE.senderReport:
      if (body.byteLength < 24 + count * REPORT_BLOCK_LENGTH) return null;
      return {
        type: 'sender-report',
        ssrc: body.getUint32(0),
        ntpSeconds: body.getUint32(4),
        ntpFraction: body.getUint32(8),
        rtpTimestamp: body.getUint32(12),
        packetCount: body.getUint32(16),
        octetCount: body.getUint32(20),
        reports: parseReports(body, 24, count),
      };
    case RTCP_TYPE.receiverReport:
      if (body.byteLength < 4 + count * REPORT_BLOCK_LENGTH) return null;
      return { type: 'receiver-report', ssrc: body.getUint32(0), reports: parseReports(body, 4, count) };
    case RTCP_TYPE.sourceDescription:
      return parseSourceDescription(body, count);
    case RTCP_TYPE.goodbye:
      return parseGoodbye(body, count);
    default:
      return { type: 'other', packetType, count, body: octets(body, 0, body.byteLength) };
  }
}

/**
 * ```
 * | SSRC of the source                                            |
 * | fraction lost | cumulative number of packets lost (24)        |
 * | extended highest sequence number received                     |
 * | interarrival jitter                                           |
 * | last SR (LSR)                                                 |
 * | delay since last SR (DLSR)                                    |
 * ```
 */
function parseReports(body: DataView, offset: number, count: number): ReportBlock[] {
  const reports: ReportBlock[] = [];
  for (let at = offset; reports.length < count; at += REPORT_BLOCK_LENGTH) {
    reports.push({
      ssrc: body.getUint32(at),
      fractionLost: body.getUint8(at + 4),
      cumulativeLost: (body.getUint32(at + 4) << 8) >> 8,
      extendedHighestSequence: body.getUint32(at + 8),
      jitter: body.getUint32(at + 12),
      lastSr: body.getUint32(at + 16),
      delaySinceLastSr: body.getUint32(at + 20),
    });
  }
  return reports;
}

/** Chunks of `SSRC, (type, length, text)…, 0` each padded to a word (RFC 3550 §6.5). */
function parseSourceDescription(body: DataView, count: number): SourceDescription | null {
  const chunks: SourceDescription['chunks'] = [];
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    if (offset + 4 > body.byteLength) return null;
    const chunk: SourceDescription['chunks'][number] = { ssrc: body.getUint32(offset), items: [] };
    offset += 4;
    for (;;) {
      if (offset >= body.byteLength) return null;
      const type = body.getUint8(offset);
      if (type === 0) break;
      if (offset + 2 > body.byteLength) return null;
      const end = offset + 2 + body.getUint8(offset + 1);
      if (end > body.byteLength) return null;
      chunk.items.push({ type, text: decoder.decode(octets(body, offset + 2, end)) });
      offset = end;
    }
    offset = (offset & ~3) + 4;
    chunks.push(chunk);
  }
  return { type: 'source-description', chunks };
}

/** A reason that overruns the packet is dropped, the goodbye itself counts. */
function parseGoodbye(body: DataView, count: number): Goodbye | null {
  if (body.byteLength < count * 4) return null;
  const ssrcs: number[] = [];
  for (let index = 0; index < count; index += 1) ssrcs.push(body.getUint32(index * 4));
  const offset = count * 4;
  if (offset >= body.byteLength) return { type: 'goodbye', ssrcs, reason: null };
  const end = offset + 1 + body.getUint8(offset);
  return {
    type: 'goodbye',
    ssrcs,
    reason: end > body.byteLength ? null : decoder.decode(octets(body, offset + 1, end)),
  };
}

function octets(body: DataView, from: number, to: number): Uint8Array {
  return new Uint8Array(body.buffer, body.byteOffset + from, to - from);
}
