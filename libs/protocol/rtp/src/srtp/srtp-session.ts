/* oxlint-disable typescript/no-non-null-assertion -- Lengths are checked before octets are read; a fallback would hide a missing check. */
import { deriveKeys, type SrtpMaster } from './derive-keys.js';
import { guessRollover, packetIndex } from './packet-index.js';
import { ReplayWindow } from './replay-window.js';
import { srtpCipher, type SrtpCipher } from './srtp-cipher.js';
import type { SrtpSuite } from './srtp-suites.js';

const RTP_HEADER = 12;
const RTCP_HEADER = 8;
/** E flag and index. */
const SRTCP_TRAILER = 4;
/** Octets that protection adds at most. */
const SRTP_OVERHEAD = 20;
/** Sources of one peer that are followed at once; the eldest is forgotten, since any number may be claimed. */
const MOST_SOURCES = 8;
const LONGEST_PACKET = 1600;
const LONGEST_RECEIVED = 2048;

interface Source {
  /** Of the highest RTP packet; undefined while only RTCP came. */
  highest: { readonly rollover: number; readonly sequence: number } | undefined;
  readonly window: ReplayWindow;
  readonly rtcpWindow: ReplayWindow;
}

/** Protects what we send with our key (RFC 3711 §3.3, §3.4). One stream has one of these. */
export class SrtpSender {
  private readonly rtp: SrtpCipher;
  private readonly rtcp: SrtpCipher;
  private readonly out = new Uint8Array(LONGEST_PACKET + SRTP_OVERHEAD);
  private readonly rollovers = new Map<number, { rollover: number; sequence: number }>();
  private rtcpIndex = 0;

  constructor(
    private readonly suite: SrtpSuite,
    master: SrtpMaster,
  ) {
    this.rtp = srtpCipher(suite, deriveKeys(suite, master, 'rtp'), 'rtp');
    this.rtcp = srtpCipher(suite, deriveKeys(suite, master, 'rtcp'), 'rtcp');
  }

  /** @returns a view that holds until the next call; undefined for what is no RTP, or too long */
  protectRtp(packet: Uint8Array): Uint8Array | undefined {
    const body = rtpBody(packet);
    if (body < 0 || packet.length > LONGEST_PACKET) return undefined;
    const ssrc = readUint32(packet, 8);
    const sequence = readUint16(packet, 2);
    const rollover = this.rolloverOf(ssrc, sequence);
    const { out } = this;
    const end = packet.length;
    out.set(packet);
    this.rtp.seal(out, {
      ssrc,
      index: packetIndex(rollover, sequence),
      body,
      end,
      trailer: uint32(rollover),
      tag: end,
    });
    return out.subarray(0, end + this.suite.rtpTagLength);
  }

  /** @returns as `protectRtp` */
  protectRtcp(packet: Uint8Array): Uint8Array | undefined {
    if (packet.length < RTCP_HEADER || packet.length > LONGEST_PACKET) return undefined;
    this.rtcpIndex = (this.rtcpIndex + 1) % 0x8000_0000;
    const trailer = uint32((0x8000_0000 | this.rtcpIndex) >>> 0);
    const { out } = this;
    const end = packet.length;
    out.set(packet);
    const range = { ssrc: readUint32(packet, 4), index: this.rtcpIndex, body: RTCP_HEADER, end, trailer };
    const { rtcpTagLength, cipher } = this.suite;
    if (cipher === 'aes-gcm') {
      // RFC 7714 §9.2: the tag stands before E and index.
      this.rtcp.seal(out, { ...range, tag: end });
      out.set(trailer, end + rtcpTagLength);
    } else {
      out.set(trailer, end);
      this.rtcp.seal(out, { ...range, tag: end + SRTCP_TRAILER });
    }
    return out.subarray(0, end + SRTCP_TRAILER + rtcpTagLength);
  }

  /** Our numbers run forward, and a relayed stream may step back a little. */
  private rolloverOf(ssrc: number, sequence: number): number {
    const known = this.rollovers.get(ssrc);
    if (known === undefined) {
      this.rollovers.set(ssrc, { rollover: 0, sequence });
      return 0;
    }
    const rollover = Math.max(0, guessRollover(known, sequence));
    if (packetIndex(rollover, sequence) > packetIndex(known.rollover, known.sequence)) {
      known.rollover = rollover;
      known.sequence = sequence;
    }
    return rollover;
  }
}

/** Why a packet was not taken. */
export type SrtpRefusal = 'SRTP.BAD_LENGTH' | 'SRTP.REPLAYED' | 'SRTP.FORGED';
export type SrtpOpened =
  { readonly ok: true; readonly packet: Uint8Array } | { readonly ok: false; readonly code: SrtpRefusal };

const BAD_LENGTH: SrtpOpened = { ok: false, code: 'SRTP.BAD_LENGTH' };
const REPLAYED: SrtpOpened = { ok: false, code: 'SRTP.REPLAYED' };
const FORGED: SrtpOpened = { ok: false, code: 'SRTP.FORGED' };

/** Reads what the other side protected with its key. What is not genuine changes nothing here. */
export class SrtpReceiver {
  private readonly rtp: SrtpCipher;
  private readonly rtcp: SrtpCipher;
  private readonly sources = new Map<number, Source>();

  /** @param mkiLength octets of the key's name in each packet (RFC 3711 §3.1), 0 where there is none */
  constructor(
    private readonly suite: SrtpSuite,
    master: SrtpMaster,
    private readonly mkiLength = 0,
  ) {
    this.rtp = srtpCipher(suite, deriveKeys(suite, master, 'rtp'), 'rtp');
    this.rtcp = srtpCipher(suite, deriveKeys(suite, master, 'rtcp'), 'rtcp');
  }

  /** Decrypts in place. @returns a view of the same octets */
  openRtp(packet: Uint8Array): SrtpOpened {
    const { rtpTagLength, cipher } = this.suite;
    const body = rtpBody(packet);
    const gcm = cipher === 'aes-gcm';
    // With AEAD the tag belongs to the ciphertext, and the MKI follows it (RFC 7714 §13.2).
    const tag = gcm ? packet.length - this.mkiLength - rtpTagLength : packet.length - rtpTagLength;
    const end = gcm ? tag : tag - this.mkiLength;
    if (body < 0 || body > end || packet.length > LONGEST_RECEIVED) return BAD_LENGTH;
    const ssrc = readUint32(packet, 8);
    const sequence = readUint16(packet, 2);
    const known = this.sources.get(ssrc);
    const rollover = known?.highest === undefined ? 0 : guessRollover(known.highest, sequence);
    const index = packetIndex(rollover, sequence);
    if (rollover < 0 || known?.window.isFresh(index) === false) return REPLAYED;
    if (!this.rtp.open(packet, { ssrc, index, body, end, trailer: uint32(rollover), tag })) return FORGED;
    const source = known ?? this.addSource(ssrc);
    source.window.remember(index);
    const { highest } = source;
    if (highest === undefined || index > packetIndex(highest.rollover, highest.sequence))
      source.highest = { rollover, sequence };
    return { ok: true, packet: packet.subarray(0, end) };
  }

  /** As `openRtp`. What says that it is not encrypted is refused: we never agree to that. */
  openRtcp(packet: Uint8Array): SrtpOpened {
    const { rtcpTagLength, cipher } = this.suite;
    const gcm = cipher === 'aes-gcm';
    const trailerAt = packet.length - SRTCP_TRAILER - this.mkiLength - (gcm ? 0 : rtcpTagLength);
    const end = gcm ? trailerAt - rtcpTagLength : trailerAt;
    if (end < RTCP_HEADER || packet.length > LONGEST_RECEIVED) return BAD_LENGTH;
    const flagged = readUint32(packet, trailerAt);
    if (flagged < 0x8000_0000) return FORGED;
    const index = flagged - 0x8000_0000;
    const ssrc = readUint32(packet, 4);
    const known = this.sources.get(ssrc);
    if (known?.rtcpWindow.isFresh(index) === false) return REPLAYED;
    const trailer = packet.subarray(trailerAt, trailerAt + SRTCP_TRAILER);
    const tag = gcm ? end : packet.length - rtcpTagLength;
    if (!this.rtcp.open(packet, { ssrc, index, body: RTCP_HEADER, end, trailer, tag })) return FORGED;
    (known ?? this.addSource(ssrc)).rtcpWindow.remember(index);
    return { ok: true, packet: packet.subarray(0, end) };
  }

  private addSource(ssrc: number): Source {
    if (this.sources.size >= MOST_SOURCES) {
      const [eldest] = this.sources.keys();
      if (eldest !== undefined) this.sources.delete(eldest);
    }
    const source: Source = { highest: undefined, window: new ReplayWindow(), rtcpWindow: new ReplayWindow() };
    this.sources.set(ssrc, source);
    return source;
  }
}

/** Where the payload begins; −1 where there is none. */
function rtpBody(packet: Uint8Array): number {
  if (packet.length < RTP_HEADER) return -1;
  const first = packet[0]!;
  if (first >> 6 !== 2) return -1;
  const head = RTP_HEADER + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return head > packet.length ? -1 : head;
  if (head + 4 > packet.length) return -1;
  const body = head + 4 + readUint16(packet, head + 2) * 4;
  return body > packet.length ? -1 : body;
}

function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (readUint16(bytes, at) * 0x1_0000 + readUint16(bytes, at + 2)) >>> 0;
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}
