import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** RFC 8489 §5 */
export const STUN_HEADER_OCTETS = 20;
export const STUN_MAGIC_COOKIE = 0x2112a442;
/** RFC 8489 §14.7 */
const FINGERPRINT_XOR = 0x5354554e;
const FINGERPRINT_OCTETS = 8;
const INTEGRITY_OCTETS = 24;

/** RFC 8489 §18.2: methods with their class. */
export const STUN_TYPE = { bindingRequest: 0x0001, bindingSuccess: 0x0101, bindingError: 0x0111 } as const;

/** RFC 8489 §18.3, RFC 8445 §16.1 */
export const STUN_ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** One attribute on its way out. */
export interface StunAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/**
 * A message with its integrity, where there is a password for it, and its fingerprint.
 *
 * ```text
 *  0                   1                   2                   3
 * +-------------------------------+-------------------------------+
 * |0 0|     type, 14 bits         |  length without this header   |
 * |                  magic cookie 0x2112A442                      |
 * |                transaction id, 96 bits                        |
 * |  attributes: type, length, value, filled up to four octets    |
 * |  MESSAGE-INTEGRITY (HMAC-SHA1 of all above), FINGERPRINT      |
 * ```
 */
export function buildStunMessage(
  type: number,
  transactionId: Uint8Array,
  { attributes, password }: { readonly attributes: readonly StunAttribute[]; readonly password?: string },
): Uint8Array {
  const header = Buffer.alloc(STUN_HEADER_OCTETS);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(STUN_MAGIC_COOKIE, 4);
  header.set(transactionId.subarray(0, 12), 8);
  let message = Buffer.concat([header, ...attributes.map(attributeOctets)]);
  // The length counts up to the end of the attribute that is being made (RFC 8489 §14.5, §14.7).
  if (password !== undefined) {
    message.writeUInt16BE(message.length - STUN_HEADER_OCTETS + INTEGRITY_OCTETS, 2);
    const value = createHmac('sha1', password).update(message).digest();
    message = Buffer.concat([message, attributeOctets({ type: STUN_ATTRIBUTE.messageIntegrity, value })]);
  }
  message.writeUInt16BE(message.length - STUN_HEADER_OCTETS + FINGERPRINT_OCTETS, 2);
  const value = Buffer.alloc(4);
  value.writeUInt32BE(fingerprintOf(message));
  return Buffer.concat([message, attributeOctets({ type: STUN_ATTRIBUTE.fingerprint, value })]);
}

/** A message on its way in: well formed, and with a right fingerprint where it has one. */
export interface StunMessage {
  readonly type: number;
  readonly transactionId: Uint8Array;
  /** The first of each type that stands before MESSAGE-INTEGRITY: others must not count (RFC 8489 §14.5). */
  readonly attributes: ReadonlyMap<number, Uint8Array>;
  /** Whether somebody who knows the password signed it; undefined where nobody did. */
  isSignedWith(password: string): boolean | undefined;
}

/** @returns undefined where it is no STUN, or broken. Reads at most the datagram; nothing is copied. */
export function parseStunMessage(bytes: Uint8Array): StunMessage | undefined {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (message.length < STUN_HEADER_OCTETS || message.readUInt32BE(4) !== STUN_MAGIC_COOKIE) return undefined;
  const length = message.readUInt16BE(2);
  if (length % 4 !== 0 || length + STUN_HEADER_OCTETS !== message.length) return undefined;
  const attributes = new Map<number, Uint8Array>();
  let integrityAt: number | undefined;
  let at = STUN_HEADER_OCTETS;
  while (at < message.length) {
    const type = message.readUInt16BE(at);
    const end = at + 4 + message.readUInt16BE(at + 2);
    if (end > message.length) return undefined;
    const value = message.subarray(at + 4, end);
    if (type === STUN_ATTRIBUTE.fingerprint) {
      // RFC 8489 §14.7: it is the last one.
      const right = value.length === 4 && at + FINGERPRINT_OCTETS === message.length;
      if (!right || value.readUInt32BE() !== fingerprintOf(message.subarray(0, at))) return undefined;
    } else if (type === STUN_ATTRIBUTE.messageIntegrity) {
      if (value.length !== 20) return undefined;
      integrityAt ??= at;
    } else if (integrityAt === undefined && !attributes.has(type)) attributes.set(type, value);
    at = end + ((4 - (end % 4)) % 4);
  }
  return {
    type: message.readUInt16BE(0),
    transactionId: message.subarray(8, STUN_HEADER_OCTETS),
    attributes,
    isSignedWith: (password) => (integrityAt === undefined ? undefined : isSigned(message, integrityAt, password)),
  };
}

function isSigned(message: Buffer, integrityAt: number, password: string): boolean {
  const signed = Buffer.from(message.subarray(0, integrityAt));
  signed.writeUInt16BE(integrityAt - STUN_HEADER_OCTETS + INTEGRITY_OCTETS, 2);
  const digest = createHmac('sha1', password).update(signed).digest();
  return timingSafeEqual(digest, message.subarray(integrityAt + 4, integrityAt + INTEGRITY_OCTETS));
}

function fingerprintOf(message: Uint8Array): number {
  return (crc32(message) ^ FINGERPRINT_XOR) >>> 0;
}

function attributeOctets({ type, value }: StunAttribute): Buffer {
  const octets = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  octets.writeUInt16BE(type, 0);
  octets.writeUInt16BE(value.length, 2);
  octets.set(value, 4);
  return octets;
}
