/** Registered names that this library knows by number, with their compact forms (RFC 3261 §7.3.3 and later). */
const NAMES = [
  ['Via', 'v'],
  ['From', 'f'],
  ['To', 't'],
  ['Call-ID', 'i'],
  ['CSeq'],
  ['Max-Forwards'],
  ['Contact', 'm'],
  ['Content-Length', 'l'],
  ['Content-Type', 'c'],
  ['Route'],
  ['Record-Route'],
  ['Expires'],
  ['Authorization'],
  ['Proxy-Authorization'],
  ['WWW-Authenticate'],
  ['Proxy-Authenticate'],
  ['Require'],
  ['Proxy-Require'],
  ['Supported', 'k'],
  ['Unsupported'],
  ['Allow'],
  ['Accept'],
  ['User-Agent'],
  ['Server'],
  ['Event', 'o'],
  ['Allow-Events', 'u'],
  ['Subscription-State'],
  ['Session-Expires', 'x'],
  ['Min-SE'],
  ['Min-Expires'],
  ['Reason'],
  ['Refer-To', 'r'],
  ['Referred-By', 'b'],
  ['Replaces'],
  ['Subject', 's'],
  ['Content-Encoding', 'e'],
  ['Date'],
  ['Retry-After'],
  ['RSeq'],
  ['RAck'],
  ['Path'],
  ['Service-Route'],
  ['P-Asserted-Identity'],
  ['Privacy'],
  ['Warning'],
  ['Timestamp'],
  ['Info-Package'],
  ['Content-Disposition'],
  ['Accept-Contact', 'a'],
  ['Reject-Contact', 'j'],
  ['Request-Disposition', 'd'],
  ['Identity', 'y'],
] as const;

export const VIA = 0;
export const FROM = 1;
export const TO = 2;
export const CALL_ID = 3;
export const CSEQ = 4;
export const CONTENT_LENGTH = 7;

/** Id of a header that is not in the list. */
export const UNKNOWN_HEADER = -1;

interface Candidate {
  readonly id: number;
  readonly codes: Uint8Array;
}

const buckets: Candidate[][] = Array.from({ length: 256 }, () => []);
const idByName = new Map<string, number>();

for (const [id, names] of NAMES.entries()) {
  for (const name of names) {
    const lower = name.toLowerCase();
    const codes = Uint8Array.from(lower, (character) => character.charCodeAt(0));
    buckets[bucketOf(codes[0] ?? 0, codes[codes.length - 1] ?? 0, codes.length)]?.push({ id, codes });
    idByName.set(lower, id);
    idByName.set(name, id);
  }
}

function bucketOf(first: number, last: number, length: number): number {
  return ((first | 32) * 7 + (last | 32) * 13 + length * 31) & 255;
}

/** Id of the header name in `bytes[start, end)`, or {@link UNKNOWN_HEADER}. Makes no string. */
export function identifyHeader(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const candidates = buckets[bucketOf(bytes[start] ?? 0, bytes[end - 1] ?? 0, length)];
  if (candidates === undefined) return UNKNOWN_HEADER;
  next: for (const { id, codes } of candidates) {
    if (codes.length !== length) continue;
    for (let at = 0; at < length; at++) {
      const octet = bytes[start + at] ?? 0;
      const lower = octet >= 65 && octet <= 90 ? octet | 32 : octet;
      if (lower !== codes[at]) continue next;
    }
    return id;
  }
  return UNKNOWN_HEADER;
}

/** Id of a header by name or compact form, without case; {@link UNKNOWN_HEADER} when not in the list. */
export function headerId(name: string): number {
  return idByName.get(name) ?? idByName.get(name.toLowerCase()) ?? UNKNOWN_HEADER;
}
