/** Most comments inside a comment that are followed. */
const MAX_DEPTH = 16;

/** Index just behind the closing bracket of the comment at `from` (RFC 3261 §25.1), or -1 when it never closes. */
export function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '(' && ++depth > MAX_DEPTH) return -1;
    else if (character === ')' && --depth === 0) return at + 1;
  }
  return -1;
}

/** Resolves the backslash escapes of a comment's inside; comments within it keep their brackets. */
export function unescapeComment(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text;
}
