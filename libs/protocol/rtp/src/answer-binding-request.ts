import {
  buildStunMessage,
  parseStunMessage,
  STUN_ATTRIBUTE,
  STUN_MAGIC_COOKIE,
  STUN_TYPE,
  type StunAttribute,
  type StunMessage,
} from './stun-message.js';

/** What our description says of us (RFC 8839 §5.4). */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** Who is asked. */
export interface AskedAgent {
  /** The newest first: older ones count for a while after a restart. */
  readonly credentials: readonly IceCredentials[];
  /** It is the controlled side and stays so, as an ICE-lite agent does towards a full one (RFC 8445 §6.1.1). */
  readonly controlled: boolean;
}

export interface AnsweredCheck {
  readonly response: Uint8Array;
  /** Who sent it knows the password: it is the other side. */
  readonly proven: boolean;
  /** It chose this way (RFC 8445 §7.3.1.5). */
  readonly nominated: boolean;
}

/** From here on an attribute may be left unread (RFC 8489 §14). */
const COMPREHENSION_OPTIONAL = 0x8000;
const UNDERSTOOD: ReadonlySet<number> = new Set([
  STUN_ATTRIBUTE.username,
  STUN_ATTRIBUTE.priority,
  STUN_ATTRIBUTE.useCandidate,
]);
const UNKNOWN_ATTRIBUTES = 0x000a;

/**
 * Answers a connectivity check as an ICE-lite agent does (RFC 8445 §7.3, RFC 8489 §9.1.3): with where it came from, or with
 * an error. @returns undefined where nothing is to be said: no request, or a broken one
 */
export function answerBindingRequest(
  bytes: Uint8Array,
  ours: AskedAgent,
  from: { readonly address: string; readonly port: number },
): AnsweredCheck | undefined {
  const request = parseStunMessage(bytes);
  if (request?.type !== STUN_TYPE.bindingRequest) return undefined;
  const name = request.attributes.get(STUN_ATTRIBUTE.username);
  if (name === undefined) return refused(request, 400);
  const [fragment] = Buffer.from(name).toString('utf8').split(':', 1);
  const credentials = ours.credentials.find(({ usernameFragment }) => usernameFragment === fragment);
  const signed = request.isSignedWith(credentials?.password ?? '');
  if (signed === undefined) return refused(request, 400);
  if (credentials === undefined || !signed) return refused(request, 401);
  const { password } = credentials;
  const unknown = [...request.attributes.keys()].filter(
    (type) => type < COMPREHENSION_OPTIONAL && !UNDERSTOOD.has(type),
  );
  if (unknown.length > 0) return refused(request, 420, { password, unknown });
  // RFC 8445 §7.3.1.1: it takes itself for the controlled side as well. Who never leads has the lowest tie-breaker there is.
  if (ours.controlled && request.attributes.has(STUN_ATTRIBUTE.iceControlled))
    return refused(request, 487, { password });
  const mapped = { type: STUN_ATTRIBUTE.xorMappedAddress, value: xorAddress(from, request.transactionId) };
  return {
    response: buildStunMessage(STUN_TYPE.bindingSuccess, request.transactionId, { attributes: [mapped], password }),
    proven: true,
    nominated: request.attributes.has(STUN_ATTRIBUTE.useCandidate),
  };
}

const REASONS = { 400: 'Bad Request', 401: 'Unauthenticated', 420: 'Unknown Attribute', 487: 'Role Conflict' } as const;

/** RFC 8489 §14.8 */
function refused(
  { transactionId }: StunMessage,
  code: keyof typeof REASONS,
  { password, unknown = [] }: { readonly password?: string; readonly unknown?: readonly number[] } = {},
): AnsweredCheck {
  const head = Buffer.from([0, 0, Math.floor(code / 100), code % 100]);
  const attributes: StunAttribute[] = [
    { type: STUN_ATTRIBUTE.errorCode, value: Buffer.concat([head, Buffer.from(REASONS[code])]) },
  ];
  if (unknown.length > 0) {
    const value = Buffer.alloc(unknown.length * 2);
    for (const [index, type] of unknown.entries()) value.writeUInt16BE(type, index * 2);
    attributes.push({ type: UNKNOWN_ATTRIBUTES, value });
  }
  const signed = password === undefined ? {} : { password };
  const response = buildStunMessage(STUN_TYPE.bindingError, transactionId, { attributes, ...signed });
  return { response, proven: false, nominated: false };
}

/** XOR-MAPPED-ADDRESS (RFC 8489 §14.2): family, port and address under the cookie and the transaction id. */
function xorAddress(
  { address, port }: { readonly address: string; readonly port: number },
  transactionId: Uint8Array,
): Uint8Array {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(STUN_MAGIC_COOKIE, 0);
  mask.set(transactionId, 4);
  const isIpv6 = address.includes(':');
  const octets = isIpv6 ? octetsOfIpv6(address) : address.split('.').map(Number);
  const value = Buffer.alloc(4 + octets.length);
  value.writeUInt8(isIpv6 ? 2 : 1, 1);
  value.writeUInt16BE(port ^ (STUN_MAGIC_COOKIE >>> 16), 2);
  for (const [index, octet] of octets.entries()) value[4 + index] = octet ^ (mask[index] ?? 0);
  return value;
}

/** As sockets tell addresses: groups in hexadecimal, at most one `::`, a dotted end, a zone. */
function octetsOfIpv6(address: string): number[] {
  const text = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a, b, c, d) => {
    const group = (high: unknown, low: unknown): string => ((Number(high) << 8) | Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
  const [before = '', after] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const gap = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from<number>({ length: gap }).fill(0), ...tail].flatMap((group) => [
    group >> 8,
    group & 0xff,
  ]);
}
