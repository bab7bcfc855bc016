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
  ['Accept-Encoding'],
  ['Accept-Language'],
  ['Accept-Resource-Priority'],
  ['Alert-Info'],
  ['Authentication-Info'],
  ['Call-Info'],
  ['Content-Language'],
  ['Diversion'],
  ['Error-Info'],
  ['Feature-Caps'],
  ['Flow-Timer'],
  ['Geolocation'],
  ['Geolocation-Error'],
  ['Geolocation-Routing'],
  ['History-Info'],
  ['In-Reply-To'],
  ['Join'],
  ['Max-Breadth'],
  ['P-Access-Network-Info'],
  ['P-Associated-URI'],
  ['P-Called-Party-ID'],
  ['P-Charging-Function-Addresses'],
  ['P-Charging-Vector'],
  ['P-Early-Media'],
  ['P-Preferred-Identity'],
  ['Priority'],
  ['Proxy-Authentication-Info'],
  ['Recv-Info'],
  ['Refer-Sub'],
  ['Reply-To'],
  ['Resource-Priority'],
  ['Security-Client'],
  ['Security-Server'],
  ['Security-Verify'],
  ['Session-ID'],
  ['SIP-ETag'],
  ['SIP-If-Match'],
  ['Suppress-If-Match'],
  ['Target-Dialog'],
  ['User-to-User'],
  ['Answer-Mode'],
  ['Priv-Answer-Mode'],
  ['Content-ID'],
  ['MIME-Version'],
  ['P-Answer-State'],
  ['P-Asserted-Service'],
  ['P-Charge-Info'],
  ['P-Preferred-Service'],
  ['P-Profile-Key'],
  ['P-Served-User'],
  ['P-User-Database'],
  ['P-Visited-Network-ID'],
  ['Permission-Missing'],
  ['Refer-Events-At'],
] as const;

export const VIA = 0;
export const FROM = 1;
export const TO = 2;
export const CALL_ID = 3;
export const CSEQ = 4;
export const MAX_FORWARDS = 5;
export const CONTACT = 6;
export const CONTENT_LENGTH = 7;
export const CONTENT_TYPE = 8;
export const ROUTE = 9;
export const RECORD_ROUTE = 10;
export const EXPIRES = 11;

/** Id of a header that is not in the list. */
export const UNKNOWN_HEADER = -1;

/** Names of the list by id, in the long form. */
export const HEADER_NAMES: readonly string[] = NAMES.map(([long]) => long);

const idByName = new Map<string, number>();
const idsByKey = new Map<number, { readonly id: number; readonly name: Uint8Array }[]>();

for (const [id, names] of NAMES.entries()) {
  for (const name of names) {
    idByName.set(name.toLowerCase(), id);
    idByName.set(name, id);
    const octets = Uint8Array.from(name.toLowerCase(), (letter) => letter.charCodeAt(0));
    const key = nameKey(octets[0] ?? 0, octets[octets.length - 1] ?? 0, octets.length);
    idsByKey.set(key, [...(idsByKey.get(key) ?? []), { id, name: octets }]);
  }
}

/** What tells most names apart at once: their ends without case, and their length. */
function nameKey(first: number, last: number, length: number): number {
  return ((first | 32) << 16) | ((last | 32) << 8) | Math.min(length, 255);
}

/** Id of the name at `bytes[start…end)`, in any case, long or compact; {@link UNKNOWN_HEADER} when not in the list. */
export function identifyHeader(bytes: Uint8Array, start: number, end: number): number {
  const candidates = idsByKey.get(nameKey(bytes[start] ?? 0, bytes[end - 1] ?? 0, end - start));
  if (candidates === undefined) return UNKNOWN_HEADER;
  for (const { id, name } of candidates) if (name.length === end - start && isName(bytes, start, name)) return id;
  return UNKNOWN_HEADER;
}

/** Whether `bytes[start…]` begins with the name, which is in lower case, in any case. */
function isName(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let at = 0; at < name.length; at++) {
    const octet = bytes[start + at] ?? 0;
    if (octet !== name[at] && (octet < 65 || octet > 90 || (octet | 32) !== name[at])) return false;
  }
  return true;
}

/** Id of a header by name or compact form, without case; {@link UNKNOWN_HEADER} when not in the list. */
export function headerId(name: string): number {
  return idByName.get(name) ?? idByName.get(name.toLowerCase()) ?? UNKNOWN_HEADER;
}
