import { TOKEN_OCTETS } from '../values/characters.js';
import { COPIED_OCTETS } from './head-copy.js';
import type { HeaderIndex } from './header-index.js';

// Spelled out here: an imported constant is looked up at each use.
const TOKEN = TOKEN_OCTETS;
const OCTETS = COPIED_OCTETS;
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
  index.hold();
  const start = index.place(line);
  const end = index.placeBehind(line);
  let at = end;
  let separators = 0;
  // Backwards over tokens, `;` and `=` to the bracket: whatever else is there is for the whole parser.
  for (; at > start; at--) {
    const kind = KINDS[OCTETS[at - 1] ?? 0] ?? 0;
    if (kind === 0) break;
    separators += kind >> 1;
  }
  if (at === start || OCTETS[at - 1] !== GREATER_THAN) return undefined;
  if (at === end) return null;
  if (OCTETS[at] !== SEMICOLON) return undefined;
  // Most have a tag and nothing else.
  if (separators === 2 && isTag(at + 1) && OCTETS[at + 4] === EQUALS && end - at > 5) {
    return index.cut(at + 5, end);
  }
  while (at < end) {
    if (isTag(at + 1)) {
      at += 5;
      // A longer name, or a flag: rare enough for the whole parser.
      if (OCTETS[at - 1] !== EQUALS) return undefined;
      const tagStart = at;
      while (at < end && TOKEN[OCTETS[at] ?? 0] === 1) at++;
      return at > tagStart && (at === end || OCTETS[at] === SEMICOLON) ? index.cut(tagStart, at) : undefined;
    }
    at++;
    while (at < end && OCTETS[at] !== SEMICOLON) at++;
  }
  return null;
}

/** Whether a name there begins with `tag`, in any case. */
function isTag(at: number): boolean {
  return (
    ((OCTETS[at] ?? 0) | 32) === 116 && ((OCTETS[at + 1] ?? 0) | 32) === 97 && ((OCTETS[at + 2] ?? 0) | 32) === 103
  );
}
