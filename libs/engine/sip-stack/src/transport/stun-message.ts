import { isIPv4 } from 'node:net';
import { crc32 } from 'node:zlib';

/*
 * RFC 8489 §5, as little of it as keep-alives need (RFC 5626 §8):
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |0 0|     Message Type          |         Message Length        |
 *  |                     Magic Cookie 0x2112A442                   |
 *  |                     Transaction ID (96 bits)                  |
 *  then attributes: type (16), length (16), value padded to 32 bits
 */
const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;

const XOR_MAPPED_ADDRESS = 0x0020;
const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const FINGERPRINT = 0x8028;
/** RFC 8489 §14.7 */
const FINGERPRINT_XOR = 0x5354554e;
/** Types below this must be understood (§14). */
const COMPREHENSION_OPTIONAL = 0x8000;
/** USERNAME, MESSAGE-INTEGRITY, …: keep-alives are not authenticated (RFC 5626 §8), so what proves something is let be. */
const UNDERSTOOD = new Set([0x0006, 0x0008, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0024, XOR_MAPPED_ADDRESS]);
/** Unknown attributes named in an error: more do not help anyone. */
const MAX_UNKNOWN = 16;
/** A Binding request needs no attributes: nobody has cause to send more. */
const MAX_STUN_BYTES = 548;

export interface StunMessage {
  readonly kind: 'request' | 'success' | 'error' | 'other';
  /** 12 octets as hex. */
  readonly transactionId: string;
  readonly mapped: { readonly address: string; readonly port: number } | undefined;
  readonly unknown: readonly number[];
  readonly fingerprint: boolean;
}

/** True for what cannot be SIP: its first octet is a letter or a line end, STUN's begins with two zero bits. */
export function looksLikeStun(bytes: Buffer): boolean {
  return bytes.length >= HEADER_BYTES && (bytes[0] ?? 255) < 4 && bytes.readUInt32BE(4) === MAGIC_COOKIE;
}

/** Takes a STUN message apart. @returns undefined when it is none: wrong lengths, wrong fingerprint, too large */
export function parseStun(bytes: Buffer): StunMessage | undefined {
  if (!looksLikeStun(bytes) || bytes.length > MAX_STUN_BYTES) return undefined;
  if (bytes.readUInt16BE(2) !== bytes.length - HEADER_BYTES || bytes.length % 4 !== 0) return undefined;
  const unknown: number[] = [];
  let mapped: StunMessage['mapped'];
  let fingerprint = false;
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    const type = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    const end = at + 4 + length;
    if (end > bytes.length) return undefined;
    if (type === FINGERPRINT) {
      // §14.7: the last attribute, over all before it.
      const expected = (crc32(bytes.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0;
      if (length !== 4 || end !== bytes.length || bytes.readUInt32BE(at + 4) !== expected) return undefined;
      fingerprint = true;
    } else if (type === XOR_MAPPED_ADDRESS) mapped ??= readMapped(bytes, bytes.subarray(at + 4, end));
    else if (type < COMPREHENSION_OPTIONAL && !UNDERSTOOD.has(type) && unknown.length < MAX_UNKNOWN) unknown.push(type);
    at = end + ((4 - (length % 4)) % 4);
  }
  return {
    kind: kindOf(bytes.readUInt16BE(0)),
    transactionId: bytes.toString('hex', 8, 20),
    mapped,
    unknown,
    fingerprint,
  };
}

/** @param transactionId 12 random octets */
export function buildBindingRequest(transactionId: Uint8Array): Buffer {
  return build(BINDING_REQUEST, Buffer.from(transactionId), [], true);
}

/** The answer to a Binding request: where it came from, or 420 when it wants what we do not know (§6.3.1). */
export function answerBinding(request: StunMessage, remote: { address: string; port: number }): Buffer {
  const transactionId = Buffer.from(request.transactionId, 'hex');
  if (request.unknown.length > 0) {
    const error = Buffer.concat([Buffer.from([0, 0, 4, 20]), Buffer.from('Unknown Attribute')]);
    const types = Buffer.alloc(request.unknown.length * 2);
    for (const [index, type] of request.unknown.entries()) types.writeUInt16BE(type, index * 2);
    const attributes = [attribute(ERROR_CODE, error), attribute(UNKNOWN_ATTRIBUTES, types)];
    return build(BINDING_ERROR, transactionId, attributes, request.fingerprint);
  }
  const mapped = attribute(XOR_MAPPED_ADDRESS, writeMapped(remote, transactionId));
  return build(BINDING_SUCCESS, transactionId, [mapped], request.fingerprint);
}

function kindOf(type: number): StunMessage['kind'] {
  if (type === BINDING_REQUEST) return 'request';
  if (type === BINDING_SUCCESS) return 'success';
  return type === BINDING_ERROR ? 'error' : 'other';
}

function build(type: number, transactionId: Buffer, attributes: readonly Buffer[], fingerprint: boolean): Buffer {
  const length = attributes.reduce((sum, one) => sum + one.length, 0) + (fingerprint ? 8 : 0);
  const header = Buffer.alloc(8);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(length, 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  const message = Buffer.concat([header, transactionId, ...attributes]);
  if (!fingerprint) return message;
  const value = Buffer.alloc(4);
  value.writeUInt32BE((crc32(message) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([message, attribute(FINGERPRINT, value)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const whole = Buffer.alloc(4 + value.length + ((4 - (value.length % 4)) % 4));
  whole.writeUInt16BE(type, 0);
  whole.writeUInt16BE(value.length, 2);
  value.copy(whole, 4);
  return whole;
}

/** §14.2: the port and address xor'ed with the cookie and, for IPv6, the transaction id. */
function writeMapped({ address, port }: { address: string; port: number }, transactionId: Buffer): Buffer {
  const octets = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Octets(address);
  const value = Buffer.alloc(4 + octets.length);
  value[1] = octets.length === 4 ? 1 : 2;
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  const mask = maskOf(transactionId);
  for (const [index, octet] of octets.entries()) value[4 + index] = octet ^ (mask[index] ?? 0);
  return value;
}

function readMapped(message: Buffer, value: Buffer): StunMessage['mapped'] {
  const size = value[1] === 1 ? 4 : value[1] === 2 ? 16 : 0;
  if (size === 0 || value.length !== 4 + size) return undefined;
  const mask = maskOf(message.subarray(8, 20));
  const octets = Buffer.alloc(size);
  for (let at = 0; at < size; at++) octets[at] = (value[4 + at] ?? 0) ^ (mask[at] ?? 0);
  const words = Array.from({ length: size / 2 }, (_unused, index) => octets.readUInt16BE(index * 2).toString(16));
  return {
    address: size === 4 ? octets.join('.') : words.join(':'),
    port: value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16),
  };
}

function maskOf(transactionId: Buffer): Buffer {
  const cookie = Buffer.alloc(4);
  cookie.writeUInt32BE(MAGIC_COOKIE);
  return Buffer.concat([cookie, transactionId]);
}

/** Sixteen octets of an IPv6 address that the system wrote. */
function ipv6Octets(address: string): Buffer {
  const octets = Buffer.alloc(16);
  const [head = '', tail] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  for (const [index, word] of front.slice(0, 8).entries())
    octets.writeUInt16BE(Number.parseInt(word, 16) & 0xffff, index * 2);
  for (const [index, word] of back.slice(0, 8).entries()) {
    octets.writeUInt16BE(Number.parseInt(word, 16) & 0xffff, (8 - Math.min(back.length, 8) + index) * 2);
  }
  return octets;
}
