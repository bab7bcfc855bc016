const MARK = ' […]';

/**
 * Shortens a text to so many octets of UTF-8, marked as cut, between two characters. What fits is left as it is. Pure.
 * @param octets more than the mark has
 */
export function fitMessage(text: string, octets: number): string {
  if (Buffer.byteLength(text) <= octets) return text;
  const room = octets - Buffer.byteLength(MARK);
  let kept = 0;
  let used = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > room) break;
    kept += character.length;
  }
  return text.slice(0, kept) + MARK;
}
