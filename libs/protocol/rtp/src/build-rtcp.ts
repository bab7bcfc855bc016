import type { Goodbye, ReceiverReport, ReportBlock, SenderReport } from './rtcp-packet.js';
import { REPORT_BLOCK_LENGTH, RTCP_TYPE, SDES_CNAME } from './rtcp-packet.js';

const encoder = new TextEncoder();
const MAX_TEXT_OCTETS = 255;
const MAX_REPORTS = 31;

/** A compound packet as RFC 3550 §6.1 wants it: a report, then SDES with CNAME, then BYE if any. */
export function buildRtcp(report: SenderReport | ReceiverReport, cname: string, goodbye?: Goodbye): Uint8Array {
  const parts = [buildReport(report), buildCname(report.ssrc, cname)];
  if (goodbye !== undefined) parts.push(buildGoodbye(goodbye));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function buildReport(report: SenderReport | ReceiverReport): Uint8Array {
  const reports = report.reports.slice(0, MAX_REPORTS);
  const fixed = report.type === 'sender-report' ? 28 : 8;
  const { bytes, view } = frame(
    report.type === 'sender-report' ? RTCP_TYPE.senderReport : RTCP_TYPE.receiverReport,
    reports.length,
    fixed + reports.length * REPORT_BLOCK_LENGTH,
  );
  view.setUint32(4, report.ssrc);
  if (report.type === 'sender-report') {
    view.setUint32(8, report.ntpSeconds);
    view.setUint32(12, report.ntpFraction);
    view.setUint32(16, report.rtpTimestamp);
    view.setUint32(20, report.packetCount);
    view.setUint32(24, report.octetCount);
  }
  reports.forEach((block, index) => writeReport(view, fixed + index * REPORT_BLOCK_LENGTH, block));
  return bytes;
}

function writeReport(view: DataView, at: number, block: ReportBlock): void {
  view.setUint32(at, block.ssrc);
  // RFC 3550 A.3: the cumulative loss is clamped to signed 24 bits.
  const lost = Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost));
  view.setUint32(at + 4, (block.fractionLost << 24) | (lost & 0xffffff));
  view.setUint32(at + 8, block.extendedHighestSequence);
  view.setUint32(at + 12, block.jitter);
  view.setUint32(at + 16, block.lastSr);
  view.setUint32(at + 20, block.delaySinceLastSr);
}

function buildCname(ssrc: number, cname: string): Uint8Array {
  const text = encoder.encode(cname).subarray(0, MAX_TEXT_OCTETS);
  // One zero octet at least ends the item list; the chunk ends on a word.
  const chunk = (4 + 2 + text.length + 4) & ~3;
  const { bytes, view } = frame(RTCP_TYPE.sourceDescription, 1, 4 + chunk);
  view.setUint32(4, ssrc);
  bytes[8] = SDES_CNAME;
  bytes[9] = text.length;
  bytes.set(text, 10);
  return bytes;
}

function buildGoodbye(goodbye: Goodbye): Uint8Array {
  const ssrcs = goodbye.ssrcs.slice(0, MAX_REPORTS);
  const reason = goodbye.reason === null ? null : encoder.encode(goodbye.reason).subarray(0, MAX_TEXT_OCTETS);
  const reasonLength = reason === null ? 0 : (1 + reason.length + 3) & ~3;
  const { bytes, view } = frame(RTCP_TYPE.goodbye, ssrcs.length, 4 + ssrcs.length * 4 + reasonLength);
  ssrcs.forEach((ssrc, index) => view.setUint32(4 + index * 4, ssrc));
  if (reason !== null) {
    bytes[4 + ssrcs.length * 4] = reason.length;
    bytes.set(reason, 5 + ssrcs.length * 4);
  }
  return bytes;
}

function frame(packetType: number, count: number, length: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80 | count;
  bytes[1] = packetType;
  view.setUint16(2, length / 4 - 1);
  return { bytes, view };
}
