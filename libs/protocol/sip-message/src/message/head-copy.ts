import './buffer-slices.js';

/** The longest head that can be read: as much is copied of a large input whose head's end is not near. */
export const LARGEST_HEAD = 65_536;
/** Up to here an input is copied whole; in a larger one the end of the head is looked for first. */
const MOST_WHOLE = 8192;
/** A start line and a head. */
const MOST_COPIED = 2 * LARGEST_HEAD + 2;
/** Whoever reads words of the last octets needs no care. */
const MARGIN = 64;

/**
 * Where the head of a message is looked at, octet by octet or four at a time: a view of each message costs more than its
 * copy, and octets are read with half the instructions where V8 knows the memory. What is behind the copied octets is of
 * messages before, and not to be believed; but whatever is read ends in front of the line feed of its line.
 */
export const COPIED_OCTETS = Buffer.alloc(MOST_COPIED + MARGIN);
export const COPIED_WORDS = new DataView(COPIED_OCTETS.buffer, COPIED_OCTETS.byteOffset, COPIED_OCTETS.length);

const COPY = COPIED_OCTETS;
const EMPTY_LINE = Buffer.from('\r\n\r\n');

/** Whose head lies there, by number, and how many have: who reads another one's copies it again (`HeaderIndex.hold`). */
export const HELD = { head: 0, heads: 0 };

/** Behind what {@link copyHead} is to copy of an input: all, or of a large one what the head may fill. */
export function copiedEnd(bytes: Buffer, start: number): number {
  if (bytes.length <= MOST_WHOLE) return bytes.length;
  const near = bytes.subarray(start, start + MOST_WHOLE).indexOf(EMPTY_LINE);
  return near < 0 ? Math.min(bytes.length, start + MOST_COPIED) : start + near + EMPTY_LINE.length;
}

/** Copies `bytes[…end)`, of a large input from `start` on. @returns where the copy begins in `bytes` */
export function copyHead(bytes: Buffer, start: number, end: number): number {
  HELD.head = 0;
  if (bytes.length <= MOST_WHOLE) {
    COPY.set(bytes);
    return 0;
  }
  COPY.set(bytes.subarray(start, end));
  return start;
}
