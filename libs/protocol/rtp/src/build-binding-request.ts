import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** RFC 8489 §5 */
const BINDING_REQUEST = 0x0001;
const MAGIC_COOKIE = 0x2112a442;
const HEADER_OCTETS = 20;
/** RFC 8489 §14.7 */
const FINGERPRINT_XOR = 0x5354554e;
const FINGERPRINT_OCTETS = 8;

/** RFC 8489 §18.3, RFC 8445 §16.1 */
const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
} as const;

export interface BindingRequest {
  /** The other side's `ice-ufrag`, a colon, and ours (RFC 8445 §7.2.2). */
  readonly username: string;
  /** The other side's `ice-pwd`. */
  readonly password: string;
  /** Of the candidate that this check would find (RFC 8445 §7.1.1). */
  readonly priority: number;
  readonly tieBreaker: bigint;
}

/**
 * A connectivity check of a controlling agent that nominates at once, as towards an ICE-lite peer (RFC 8445 §7.2, §8.1.1).
 *
 * ```text
 *  0                   1                   2                   3
 * +-------------------------------+-------------------------------+
 * |0 0|     type, 14 bits         |  length without this header   |
 * |                  magic cookie 0x2112A442                      |
 * |                transaction id, 96 bits                        |
 * |  USERNAME, PRIORITY, ICE-CONTROLLING, USE-CANDIDATE           |
 * |  MESSAGE-INTEGRITY (HMAC-SHA1 of all above), FINGERPRINT      |
 * ```
 */
export function buildBindingRequest({ username, password, priority, tieBreaker }: BindingRequest): Uint8Array {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.writeUInt16BE(BINDING_REQUEST, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(header, 8);
  const priorityValue = Buffer.alloc(4);
  priorityValue.writeUInt32BE(priority);
  const tieBreakerValue = Buffer.alloc(8);
  tieBreakerValue.writeBigUInt64BE(tieBreaker);
  const plain = Buffer.concat([
    header,
    attribute(ATTRIBUTE.username, Buffer.from(username)),
    attribute(ATTRIBUTE.priority, priorityValue),
    attribute(ATTRIBUTE.iceControlling, tieBreakerValue),
    attribute(ATTRIBUTE.useCandidate, Buffer.alloc(0)),
  ]);
  // The length counts up to the end of the attribute that is being made (RFC 8489 §14.5, §14.7).
  const digestOctets = 24;
  plain.writeUInt16BE(plain.length - HEADER_OCTETS + digestOctets, 2);
  const digest = createHmac('sha1', password).update(plain).digest();
  const signed = Buffer.concat([plain, attribute(ATTRIBUTE.messageIntegrity, digest)]);
  signed.writeUInt16BE(signed.length - HEADER_OCTETS + FINGERPRINT_OCTETS, 2);
  const check = Buffer.alloc(4);
  check.writeUInt32BE((crc32(signed) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([signed, attribute(ATTRIBUTE.fingerprint, check)]);
}

/** Type, length, value, filled up to four octets (RFC 8489 §14). */
function attribute(type: number, value: Uint8Array): Buffer {
  const octets = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  octets.writeUInt16BE(type, 0);
  octets.writeUInt16BE(value.length, 2);
  octets.set(value, 4);
  return octets;
}
