import { COMMA, GREATER_THAN, LESS_THAN, QUOTE, trimBlanks } from './characters.js';
import { endOfQuotedString } from './quoted-string.js';

/** Splits a header value at the commas outside quotes and angle brackets; empty pieces are kept as `''`. */
export function splitValues(text: string): string[] {
  if (!text.includes(',')) return [trimBlanks(text)];
  const values: string[] = [];
  let start = 0;
  let bracket = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE && !bracket) {
      const end = endOfQuotedString(text, at);
      if (end < 0) break;
      at = end - 1;
    } else if (code === LESS_THAN) bracket = true;
    else if (code === GREATER_THAN) bracket = false;
    else if (code === COMMA && !bracket) {
      // Thousands of commas in a row cost no string each.
      values.push(at === start ? '' : trimBlanks(text.slice(start, at)));
      start = at + 1;
    }
  }
  values.push(trimBlanks(text.slice(start)));
  return values;
}

/** Adds the values of a line to those of lines before; empty pieces are left out. */
export function addValues(values: string[], text: string): void {
  if (text.includes(',')) {
    for (const value of splitValues(text)) if (value !== '') values.push(value);
    return;
  }
  const value = trimBlanks(text);
  if (value !== '') values.push(value);
}

/** Index of the comma behind the first value, or the text's length. */
export function firstValueEnd(text: string): number {
  if (!text.includes(',')) return text.length;
  let bracket = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE && !bracket) {
      const end = endOfQuotedString(text, at);
      if (end < 0) break;
      at = end - 1;
    } else if (code === LESS_THAN) bracket = true;
    else if (code === GREATER_THAN) bracket = false;
    else if (code === COMMA && !bracket) return at;
  }
  return text.length;
}

/** The first value of a comma list, without splitting the rest. */
export function firstValue(text: string): string {
  return trimBlanks(text.slice(0, firstValueEnd(text)));
}
