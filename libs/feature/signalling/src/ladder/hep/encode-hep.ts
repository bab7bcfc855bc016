import { parseIpAddress, toIpv6 } from '@carillon/domain';

/** One captured message, as a collector gets it. */
export interface HepPacket {
  readonly transport: 'udp' | 'tcp';
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
  /** Milliseconds since 1970, with a fraction. */
  readonly at: number;
  /** Tells capture agents apart, 32 bits. */
  readonly captureId: number;
  readonly authKey: string | null;
  /** The same for everything that belongs together. */
  readonly correlationId: string;
  readonly payload: Buffer;
}

/** Generic chunk types (vendor 0x0000) of "HEP3 Network Protocol Specification", revision 36, section 4. */
const CHUNK = {
  ipFamily: 0x0001,
  ipProtocol: 0x0002,
  ipv4Source: 0x0003,
  ipv4Destination: 0x0004,
  ipv6Source: 0x0005,
  ipv6Destination: 0x0006,
  sourcePort: 0x0007,
  destinationPort: 0x0008,
  seconds: 0x0009,
  microseconds: 0x000a,
  protocolType: 0x000b,
  captureId: 0x000c,
  authKey: 0x000e,
  payload: 0x000f,
  correlationId: 0x0011,
} as const;

const [AF_INET, AF_INET6, IPPROTO_TCP, IPPROTO_UDP, PROTOCOL_SIP] = [2, 10, 6, 17, 1];
const LARGEST = 0xff_ff;
const CHUNK_HEAD = 6;

/**
 * HEPv3, the way captures go to a Homer server. All numbers are big endian.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+---------------+---------------+
 * |      'H'      |      'E'      |      'P'      |      '3'      |
 * +---------------+---------------+---------------+---------------+
 * |   total length (this included)|  chunks …
 * +---------------+---------------+
 *
 * a chunk:
 * +---------------+---------------+---------------+---------------+
 * |       vendor (0: generic)     |             type              |
 * +---------------+---------------+---------------+---------------+
 * |   length (these 6 included)   |  value …
 * +---------------+---------------+
 * ```
 *
 * | type   | value                      | octets | here                                     |
 * | ------ | -------------------------- | ------ | ---------------------------------------- |
 * | 0x0001 | IP family                  | 1      | 2 (IPv4) or 10 (IPv6)                    |
 * | 0x0002 | IP protocol                | 1      | 17 (UDP) or 6 (TCP, TLS, WS, WSS)        |
 * | 0x0003 | IPv4 source                | 4      |                                          |
 * | 0x0004 | IPv4 destination           | 4      |                                          |
 * | 0x0005 | IPv6 source                | 16     |                                          |
 * | 0x0006 | IPv6 destination           | 16     |                                          |
 * | 0x0007 | source port                | 2      |                                          |
 * | 0x0008 | destination port           | 2      |                                          |
 * | 0x0009 | time, seconds              | 4      | since 1970                               |
 * | 0x000a | time, microseconds         | 4      |                                          |
 * | 0x000b | protocol type              | 1      | 1 (SIP)                                  |
 * | 0x000c | capture agent              | 4      |                                          |
 * | 0x000e | auth key                   | any    | where one is set                         |
 * | 0x000f | payload                    | any    | the SIP message, without secrets         |
 * | 0x0011 | internal correlation id    | any    | the call's id, the Call-ID outside calls |
 *
 * @returns undefined where the message does not fit: a length has 16 bits
 */
export function encodeHep(packet: HepPacket): Buffer | undefined {
  const { source, destination, at, authKey } = packet;
  const isSix = source.address.includes(':') || destination.address.includes(':');
  const seconds = Math.floor(at / 1000);
  const microseconds = Math.min(999_999, Math.max(0, Math.round((at - seconds * 1000) * 1000)));
  const chunks: [type: number, value: Buffer][] = [
    [CHUNK.ipFamily, octet(isSix ? AF_INET6 : AF_INET)],
    [CHUNK.ipProtocol, octet(packet.transport === 'udp' ? IPPROTO_UDP : IPPROTO_TCP)],
    [isSix ? CHUNK.ipv6Source : CHUNK.ipv4Source, octetsOf(source.address, isSix)],
    [isSix ? CHUNK.ipv6Destination : CHUNK.ipv4Destination, octetsOf(destination.address, isSix)],
    [CHUNK.sourcePort, twoOctets(source.port)],
    [CHUNK.destinationPort, twoOctets(destination.port)],
    [CHUNK.seconds, fourOctets(seconds)],
    [CHUNK.microseconds, fourOctets(microseconds)],
    [CHUNK.protocolType, octet(PROTOCOL_SIP)],
    [CHUNK.captureId, fourOctets(packet.captureId)],
    ...(authKey === null ? [] : [[CHUNK.authKey, Buffer.from(authKey)] satisfies [number, Buffer]]),
    [CHUNK.correlationId, Buffer.from(packet.correlationId)],
    [CHUNK.payload, packet.payload],
  ];
  let length = CHUNK_HEAD;
  for (const [, value] of chunks) length += CHUNK_HEAD + value.length;
  if (length > LARGEST) return undefined;
  const bytes = Buffer.allocUnsafe(length);
  bytes.write('HEP3', 0, 'latin1');
  bytes.writeUInt16BE(length, 4);
  let offset = CHUNK_HEAD;
  for (const [type, value] of chunks) {
    bytes.writeUInt16BE(0, offset);
    bytes.writeUInt16BE(type, offset + 2);
    bytes.writeUInt16BE(CHUNK_HEAD + value.length, offset + 4);
    value.copy(bytes, offset + CHUNK_HEAD);
    offset += CHUNK_HEAD + value.length;
  }
  return bytes;
}

const octet = (value: number): Buffer => Buffer.from([value]);

function twoOctets(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value & 0xff_ff);
  return bytes;
}

function fourOctets(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** What is no address is told as the unspecified one. */
function octetsOf(address: string, isSix: boolean): Buffer {
  const octets = parseIpAddress(address) ?? new Uint8Array(4);
  return Buffer.from(isSix ? toIpv6(octets) : octets);
}
