import type { Ladder, LadderMessage } from '@carillon/contracts';
import { parseIpAddress, toIpv6 } from '@carillon/domain';

const [MAGIC_MICROSECONDS, LINKTYPE_ETHERNET, SNAP_LENGTH] = [0xa1_b2_c3_d4, 1, 262_144];
const [ETHERTYPE_IPV4, ETHERTYPE_IPV6] = [0x08_00, 0x86_dd];
const [IPPROTO_TCP, IPPROTO_UDP] = [6, 17];
/** PSH and ACK. */
const TCP_FLAGS = 0x18;
/** What fits into one IP packet behind its headers. */
const LARGEST_SEGMENT = 65_000;

/**
 * The messages of a ladder as a capture file that Wireshark, tshark and sngrep read.
 *
 * Classic pcap (draft-ietf-opsawg-pcap): file header of 24 octets, then for each packet
 *
 * ```text
 * +--------+--------------+----------+----------------+
 * | seconds| microseconds | captured | original length|   4 octets each, big endian
 * +--------+--------------+----------+----------------+
 * | Ethernet (14) | IPv4 (20) or IPv6 (40) | UDP (8) or TCP (20) | SIP |
 * +---------------+------------------------+---------------------+-----+
 * ```
 * Addresses, ports and times are the real ones, checksums are right. Messages that came over TCP are segments of one
 * stream per connection; those over TLS and WebSocket, which nobody could read otherwise, are shown over UDP.
 * Retransmissions are kept as a count and not shown.
 */
export function buildPcap({ entries }: Ladder): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32BE(MAGIC_MICROSECONDS, 0);
  header.writeUInt16BE(2, 4);
  header.writeUInt16BE(4, 6);
  header.writeUInt32BE(SNAP_LENGTH, 16);
  header.writeUInt32BE(LINKTYPE_ETHERNET, 20);
  const streams = new Map<string, number>();
  const packets = entries.flatMap((entry) => (entry.kind === 'message' ? packetsOf(entry, streams) : []));
  return Buffer.concat([header, ...packets]);
}

interface Ends {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** @param streams octets that every direction of every connection has carried so far */
function packetsOf(message: LadderMessage, streams: Map<string, number>): Buffer[] {
  const payload = Buffer.from(message.octets, 'latin1');
  const ends = endsOf(message);
  if (message.protocol !== 'tcp') return [frame(message.at, ends, udp(ends, payload))];
  const [there, back] = [streamOf(ends), streamOf(turned(ends))];
  const packets: Buffer[] = [];
  for (let from = 0; from < payload.length; from += LARGEST_SEGMENT) {
    const part = payload.subarray(from, from + LARGEST_SEGMENT);
    const sequence = streams.get(there) ?? 1;
    packets.push(frame(message.at, ends, tcp(ends, part, { sequence, acknowledged: streams.get(back) ?? 1 })));
    streams.set(there, (sequence + part.length) >>> 0);
  }
  return packets;
}

function endsOf({ direction, local, remote }: LadderMessage): Ends {
  const [from, to] = direction === 'in' ? [remote, local] : [local, remote];
  const [source, destination] = [octetsOf(from.address), octetsOf(to.address)];
  const isSix = source.length === 16 || destination.length === 16;
  return {
    source: isSix ? toIpv6(source) : source,
    destination: isSix ? toIpv6(destination) : destination,
    sourcePort: from.port,
    destinationPort: to.port,
  };
}

const octetsOf = (address: string): Uint8Array => parseIpAddress(address) ?? new Uint8Array(4);
const turned = ({ source, destination, sourcePort, destinationPort }: Ends): Ends => ({
  ...{ source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort },
});
const streamOf = ({ source, destination, sourcePort, destinationPort }: Ends): string =>
  `${source.join('.')}:${sourcePort}-${destination.join('.')}:${destinationPort}`;

interface Segment {
  readonly protocol: number;
  readonly bytes: Buffer;
}

/** RFC 768. */
function udp(ends: Ends, payload: Buffer): Segment {
  const bytes = Buffer.concat([Buffer.alloc(8), payload]);
  bytes.writeUInt16BE(ends.sourcePort, 0);
  bytes.writeUInt16BE(ends.destinationPort, 2);
  bytes.writeUInt16BE(bytes.length, 4);
  // Zero would mean that there is none.
  bytes.writeUInt16BE(segmentChecksum(ends, IPPROTO_UDP, bytes) || 0xff_ff, 6);
  return { protocol: IPPROTO_UDP, bytes };
}

/** RFC 9293 §3.1, without options. */
function tcp(
  ends: Ends,
  payload: Buffer,
  { sequence, acknowledged }: { sequence: number; acknowledged: number },
): Segment {
  const bytes = Buffer.concat([Buffer.alloc(20), payload]);
  bytes.writeUInt16BE(ends.sourcePort, 0);
  bytes.writeUInt16BE(ends.destinationPort, 2);
  bytes.writeUInt32BE(sequence, 4);
  bytes.writeUInt32BE(acknowledged, 8);
  bytes[12] = 5 << 4;
  bytes[13] = TCP_FLAGS;
  bytes.writeUInt16BE(0xff_ff, 14);
  bytes.writeUInt16BE(segmentChecksum(ends, IPPROTO_TCP, bytes), 16);
  return { protocol: IPPROTO_TCP, bytes };
}

function frame(at: number, ends: Ends, segment: Segment): Buffer {
  const isSix = ends.source.length === 16;
  const ip = isSix ? ipv6(ends, segment) : ipv4(ends, segment);
  const ethernet = Buffer.concat([macOf(ends.destination), macOf(ends.source), Buffer.alloc(2)]);
  ethernet.writeUInt16BE(isSix ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4, 12);
  const length = ethernet.length + ip.length + segment.bytes.length;
  const record = Buffer.alloc(16);
  const seconds = Math.floor(at / 1000);
  record.writeUInt32BE(seconds >>> 0, 0);
  record.writeUInt32BE(Math.min(999_999, Math.max(0, Math.round((at - seconds * 1000) * 1000))), 4);
  record.writeUInt32BE(length, 8);
  record.writeUInt32BE(length, 12);
  return Buffer.concat([record, ethernet, ip, segment.bytes]);
}

/** RFC 791 §3.1. */
function ipv4({ source, destination }: Ends, { protocol, bytes }: Segment): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(header.length + bytes.length, 2);
  // Don't fragment.
  header.writeUInt16BE(0x40_00, 6);
  header[8] = 64;
  header[9] = protocol;
  header.set(source, 12);
  header.set(destination, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

/** RFC 8200 §3. */
function ipv6({ source, destination }: Ends, { protocol, bytes }: Segment): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(bytes.length, 4);
  header[6] = protocol;
  header[7] = 64;
  header.set(source, 8);
  header.set(destination, 24);
  return header;
}

/** With the pseudo header of RFC 9293 §3.1 and RFC 8200 §8.1, which come to the same sum. */
function segmentChecksum({ source, destination }: Ends, protocol: number, bytes: Buffer): number {
  const pseudo = Buffer.alloc(4);
  pseudo.writeUInt16BE(bytes.length, 0);
  pseudo.writeUInt16BE(protocol, 2);
  return checksum([source, destination, pseudo, bytes]);
}

/** The internet checksum (RFC 1071) of parts of even length, but for the last. */
function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    for (let index = 0; index < part.length; index += 2) sum += ((part[index] ?? 0) << 8) | (part[index + 1] ?? 0);
  while (sum > 0xff_ff) sum = (sum & 0xff_ff) + (sum >>> 16);
  return ~sum & 0xff_ff;
}

/** A made-up, locally administered address that is the same for the same host. */
function macOf(address: Uint8Array): Buffer {
  return Buffer.from([0x02, 0x00, ...address.slice(-4)]);
}
