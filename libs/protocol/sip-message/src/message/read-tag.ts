import { TOKEN_OCTETS } from '../values/characters.js';
import type { HeaderIndex } from './header-index.js';

// Spelled out here: an imported constant is looked up at each use.
const TOKEN = TOKEN_OCTETS;
const SEMICOLON = 59;
const EQUALS = 61;
const GREATER_THAN = 62;

/** 1 for octets of a token, 2 for what stands between tokens. */
const KINDS = Uint8Array.from(TOKEN_OCTETS);
KINDS[SEMICOLON] = 2;
KINDS[EQUALS] = 2;

/**
 * The tag of a From or To line of the usual form, `… <uri>;tag=x`, with nothing quoted or spaced behind the bracket.
 * @returns null when it has none, undefined for any other form, which may have a tag all the same
 */
export function readTag(index: HeaderIndex, line: number): string | null | undefined {
  const { bytes } = index;
  const start = index.offset(line);
  const end = index.end(line);
  let at = end;
  let separators = 0;
  // Backwards over tokens, `;` and `=` to the bracket: whatever else is there is for the whole parser.
  for (; at > start; at--) {
    const kind = KINDS[bytes[at - 1] ?? 0] ?? 0;
    if (kind === 0) break;
    separators += kind >> 1;
  }
  if (at === start || bytes[at - 1] !== GREATER_THAN) return undefined;
  if (at === end) return null;
  if (bytes[at] !== SEMICOLON) return undefined;
  // Most have a tag and nothing else.
  if (separators === 2 && isTag(bytes, at + 1) && bytes[at + 4] === EQUALS && end - at > 5) {
    return index.text(at + 5, end);
  }
  while (at < end) {
    if (isTag(bytes, at + 1)) {
      at += 5;
      // A longer name, or a flag: rare enough for the whole parser.
      if (bytes[at - 1] !== EQUALS) return undefined;
      const tagStart = at;
      while (at < end && TOKEN[bytes[at] ?? 0] === 1) at++;
      return at > tagStart && (at === end || bytes[at] === SEMICOLON) ? index.text(tagStart, at) : undefined;
    }
    at++;
    while (at < end && bytes[at] !== SEMICOLON) at++;
  }
  return null;
}

/** Whether a name there begins with `tag`, in any case. */
function isTag(bytes: Buffer, at: number): boolean {
  return ((bytes[at] ?? 0) | 32) === 116 && ((bytes[at + 1] ?? 0) | 32) === 97 && ((bytes[at + 2] ?? 0) | 32) === 103;
}
