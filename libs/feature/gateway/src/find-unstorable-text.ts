/** What is wrong with such a text, in words for whoever has sent it. */
export const UNSTORABLE = 'Has a character that cannot be kept (U+0000, or half of a surrogate pair): take it out';

/** By code points: halves that stand together are no surrogates. */
const HALF = /\p{Surrogate}/u;
const isUnstorable = (text: string): boolean => text.includes('\0') || HALF.test(text);

/**
 * Looks for what PostgreSQL takes in no text and no JSON: NUL, and half a surrogate pair, which UTF-8 cannot write. Without
 * recursion: JSON may be as deep as a body is long.
 * @param value as JSON or a query gives it
 * @returns where the first one is, `entries.2.digit`, empty for the value itself; for a name that is such a text, whose it is
 */
export function findUnstorableText(value: unknown): string | undefined {
  const found: { readonly path: string; readonly at: unknown }[] = [{ path: '', at: value }];
  // Grows while it is walked.
  for (const { path, at } of found) {
    if (typeof at === 'string' && isUnstorable(at)) return path;
    if (typeof at !== 'object' || at === null || ArrayBuffer.isView(at)) continue;
    for (const [name, inner] of Object.entries(at)) {
      if (isUnstorable(name)) return path;
      if (typeof inner === 'string' || typeof inner === 'object')
        found.push({ path: path === '' ? name : `${path}.${name}`, at: inner });
    }
  }
  return undefined;
}
