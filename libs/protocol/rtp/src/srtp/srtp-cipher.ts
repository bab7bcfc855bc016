/* oxlint-disable typescript/no-non-null-assertion -- Lengths are checked before octets are read; a fallback would hide a missing check. */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type Cipher } from 'node:crypto';
import type { SessionKeys } from './derive-keys.js';
import type { SrtpSuite } from './srtp-suites.js';

/** Encrypts and authenticates parts of a packet in place. One object for one direction and one of RTP and RTCP. */
export interface SrtpCipher {
  /**
   * @param packet has room for `tagLength` octets behind `end`
   * @param body from here to `end` is encrypted
   * @param index 48 bits of SRTP (ROC and sequence number), or 31 bits of SRTCP
   */
  seal(packet: Uint8Array, range: CipherRange): void;
  /** @returns whether the packet is genuine; only then it is decrypted */
  open(packet: Uint8Array, range: CipherRange): boolean;
}

export interface CipherRange {
  readonly ssrc: number;
  readonly index: number;
  /** Where the encrypted part begins and ends; the tag of AEAD follows at `end`. */
  readonly body: number;
  readonly end: number;
  /** What is authenticated behind the encrypted part: the ROC of SRTP, or E and index of SRTCP. */
  readonly trailer: Uint8Array;
  /** Where the tag is; with AEAD always `end`. */
  readonly tag: number;
}

const BLOCK = 16;
/** The longest body: an Ethernet packet. */
const MAX_BODY = 2048;

/**
 * AES counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1). The keystream comes from one AES object that lives as long
 * as the key: counters go in, keystream comes out, so that no cipher is made for a packet.
 */
export class CounterModeCipher implements SrtpCipher {
  private readonly aes: Cipher;
  private readonly counters = new Uint8Array(MAX_BODY);

  constructor(
    private readonly keys: SessionKeys,
    private readonly tagLength: number,
  ) {
    this.aes = createCipheriv(keys.key.length === 32 ? 'aes-256-ecb' : 'aes-128-ecb', keys.key, null);
    this.aes.setAutoPadding(false);
  }

  seal(packet: Uint8Array, range: CipherRange): void {
    this.crypt(packet, range);
    packet.set(this.tagOf(packet, range), range.tag);
  }

  open(packet: Uint8Array, range: CipherRange): boolean {
    const { tag } = range;
    if (!timingSafeEqual(this.tagOf(packet, range), packet.subarray(tag, tag + this.tagLength))) return false;
    this.crypt(packet, range);
    return true;
  }

  private tagOf(packet: Uint8Array, { end, trailer }: CipherRange): Uint8Array {
    return createHmac('sha1', this.keys.authentication)
      .update(packet.subarray(0, end))
      .update(trailer)
      .digest()
      .subarray(0, this.tagLength);
  }

  private crypt(packet: Uint8Array, { ssrc, index, body, end }: CipherRange): void {
    const blocks = Math.ceil((end - body) / BLOCK);
    const { counters } = this;
    for (let block = 0; block < blocks; block += 1) {
      const at = block * BLOCK;
      counters.set(this.keys.salt, at);
      counters[at + 14] = block >>> 8;
      counters[at + 15] = block & 0xff;
      // IV = salt · 2^16 XOR SSRC · 2^64 XOR index · 2^16
      xorUint32(counters, at + 4, ssrc);
      xorUint16(counters, at + 8, Math.floor(index / 0x1_0000_0000));
      xorUint32(counters, at + 10, index);
    }
    const stream = this.aes.update(counters.subarray(0, blocks * BLOCK));
    for (let at = body; at < end; at += 1) packet[at] = packet[at]! ^ stream[at - body]!;
  }
}

/** AES-GCM (RFC 7714 §8, §9): header and trailer are associated data, the tag follows the body. */
export class GcmCipher implements SrtpCipher {
  private readonly algorithm: 'aes-128-gcm' | 'aes-256-gcm';
  private readonly nonce = new Uint8Array(12);

  constructor(
    private readonly keys: SessionKeys,
    private readonly of: 'rtp' | 'rtcp',
  ) {
    this.algorithm = keys.key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
  }

  seal(packet: Uint8Array, range: CipherRange): void {
    const cipher = createCipheriv(this.algorithm, this.keys.key, this.nonceOf(range));
    cipher.setAAD(this.associatedData(packet, range));
    packet.set(cipher.update(packet.subarray(range.body, range.end)), range.body);
    cipher.final();
    packet.set(cipher.getAuthTag(), range.tag);
  }

  open(packet: Uint8Array, range: CipherRange): boolean {
    const decipher = createDecipheriv(this.algorithm, this.keys.key, this.nonceOf(range), { authTagLength: 16 });
    decipher.setAAD(this.associatedData(packet, range));
    decipher.setAuthTag(packet.subarray(range.tag, range.tag + 16));
    const plain = decipher.update(packet.subarray(range.body, range.end));
    try {
      decipher.final();
    } catch {
      // The only way in which node:crypto says that the tag is wrong.
      return false;
    }
    packet.set(plain, range.body);
    return true;
  }

  /** The ROC is in the nonce already (RFC 7714 §8.2); E and index of SRTCP are not (§9.2). */
  private associatedData(packet: Uint8Array, { body, trailer }: CipherRange): Uint8Array {
    const head = packet.subarray(0, body);
    if (this.of === 'rtp') return head;
    const data = new Uint8Array(body + trailer.length);
    data.set(head);
    data.set(trailer, body);
    return data;
  }

  /** RFC 7714 §8.1, §9.1: 00 00, SSRC, then 48 bits of index, XOR the salt. */
  private nonceOf({ ssrc, index }: CipherRange): Uint8Array {
    const { nonce } = this;
    nonce.set(this.keys.salt);
    xorUint32(nonce, 2, ssrc);
    xorUint16(nonce, 6, Math.floor(index / 0x1_0000_0000));
    xorUint32(nonce, 8, index);
    return nonce;
  }
}

export function srtpCipher(suite: SrtpSuite, keys: SessionKeys, of: 'rtp' | 'rtcp'): SrtpCipher {
  if (suite.cipher === 'aes-gcm') return new GcmCipher(keys, of);
  return new CounterModeCipher(keys, of === 'rtp' ? suite.rtpTagLength : suite.rtcpTagLength);
}

function xorUint32(bytes: Uint8Array, at: number, value: number): void {
  xorUint16(bytes, at, value >>> 16);
  xorUint16(bytes, at + 2, value & 0xffff);
}

function xorUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = bytes[at]! ^ ((value >>> 8) & 0xff);
  bytes[at + 1] = bytes[at + 1]! ^ (value & 0xff);
}
