/** The second CR LF of an empty line, or one behind a line that ends in LF alone. */
const EMPTY_LINE = Buffer.from('\n\r\n');
const BARE_EMPTY_LINE = Buffer.from('\n\n');

/**
 * Whether a head may end in what has come. Lines that end in LF alone are read on streams as they are in datagrams, though
 * RFC 3261 §7 wants CR LF; whether all of them end alike is seen when the head is read.
 */
export function hasEndOfHead(bytes: Buffer, from: number): boolean {
  return bytes.includes(EMPTY_LINE, from) || bytes.includes(BARE_EMPTY_LINE, from);
}

/** The first octet behind the empty line of a head, or -1. */
export function endOfHead(bytes: Buffer): number {
  const usual = bytes.indexOf(EMPTY_LINE);
  const bare = bytes.indexOf(BARE_EMPTY_LINE);
  if (bare >= 0 && (usual < 0 || bare < usual)) return bare + BARE_EMPTY_LINE.length;
  return usual < 0 ? -1 : usual + EMPTY_LINE.length;
}

/** Whether all lines end in CR LF, or all in LF: of others, not everybody sees the same end of a head. */
export function hasOneLineEnd(head: string): boolean {
  return !head.includes('\r') || !/[\r\n]/.test(head.replaceAll('\r\n', ''));
}
