/** NUL and half a character of two, as JSON writes them; behind a backslash they are words. */
const REFUSED = /\\u(?:0000|d[89a-f])/;

/**
 * Rows as JSON for one parameter of a statement. PostgreSQL takes neither NUL nor half a surrogate pair, while SIP lets a NUL be in
 * a quoted string (RFC 3261 §25.1) and what is cut may end between two halves: whoever writes one would keep its row out of the record.
 */
export function jsonText(rows: readonly object[]): string {
  const text = JSON.stringify(rows);
  return REFUSED.test(text) ? JSON.stringify(rows, acceptable) : text;
}

/** Half a pair cannot be written in UTF-8: U+FFFD stands for it. */
function acceptable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value.replaceAll('\0', '')).toString() : value;
}
