import { endOfQuotedString, quote, unquote } from './quoted-string.js';

/** Warning (RFC 3261 §20.43), e.g. `301 isi.edu "Incompatible network address type"`. */
export interface Warning {
  /** 100 to 999. */
  readonly code: number;
  /** Host with port, or a pseudonym. */
  readonly agent: string;
  readonly text: string;
}

/** One value. @returns undefined when malformed */
export function parseWarning(text: string): Warning | undefined {
  const match = /^\s*(\d{3})[ \t]+([^\s"<>,;]+)[ \t]+(?=")/.exec(text);
  if (match === null || Number(match[1]) < 100) return undefined;
  const open = match[0].length;
  const end = endOfQuotedString(text, open);
  if (end < 0 || text.slice(end).trim() !== '') return undefined;
  return { code: Number(match[1]), agent: match[2] ?? '', text: unquote(text.slice(open, end)) };
}

export function buildWarning(warning: Warning): string {
  return `${warning.code} ${warning.agent} ${quote(warning.text)}`;
}
