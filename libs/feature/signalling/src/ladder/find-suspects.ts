import { holdsKeys } from './redact-body.js';

const HEAD_END = '\r\n\r\n';
const USUAL_TYPE = '\r\nContent-Type: application/sdp\r\n';
/** Anything else that is said of a body, and what a MESSAGE is. */
const ODD_HEAD =
  /[\r\n](?:e|c|content-encoding)[ \t]*:|content-type(?!: application\/sdp\r\n)|[\r\n]cseq[ \t]*:[ \t]*\d+[ \t]+message/i;
/** Of credentials and challenges: their names (RFC 7235 §4), or URIs that bring them along. */
const CREDENTIALS = /auth/gi;
/** In URIs (RFC 8599 §4.1). */
const PUSH_TOKENS = /;pn-prid/gi;
const [COLON, DOUBLE_QUOTE, LESS, GREATER, AT] = [0x3a, 0x22, 0x3c, 0x3e, 0x40];

/**
 * Which of many messages may hold something that `redactMessage` takes out: few. Whoever is not named is certain to be
 * clean. They are searched all at once, by searches that hardly look at a character themselves.
 * @param text the messages one behind the other, a character for each octet
 * @param ends where each ends
 * @returns their places, in order
 */
export function findSuspects(text: string, ends: readonly number[]): number[] {
  const suspects = new Set<number>();
  const suspect = (at: number): void => void suspects.add(messageAt(ends, at));
  for (const pattern of [CREDENTIALS, PUSH_TOKENS]) {
    pattern.lastIndex = 0;
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      suspect(found.index);
      pattern.lastIndex = ends[messageAt(ends, found.index)] ?? text.length;
    }
  }
  // Headers within a URI.
  for (let at = text.indexOf('?'); at >= 0; at = text.indexOf('?', at + 1)) suspect(at);
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) if (endsPassword(text, at)) suspect(at);
  let start = 0;
  for (const [index, end] of ends.entries()) {
    if (start < end && !hasCleanBody(text, start, end)) suspects.add(index);
    start = end;
  }
  return [...suspects].sort((a, b) => a - b);
}

/** Two colons in the word before an `@`: that of the scheme, and one before a password. */
function endsPassword(text: string, at: number): boolean {
  let colons = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const code = text.charCodeAt(index);
    if (code === COLON) colons += 1;
    else if (code <= DOUBLE_QUOTE || code === LESS || code === GREATER || code === AT) break;
    if (colons === 2) return true;
  }
  return false;
}

/** None, or SDP alone, without keys, as it is, and of no MESSAGE: what nearly every body is. */
function hasCleanBody(text: string, start: number, end: number): boolean {
  const headEnd = text.indexOf(HEAD_END, start);
  const body = headEnd + HEAD_END.length;
  // Not even its head is whole.
  if (headEnd < 0 || body >= end) return true;
  const type = text.indexOf(USUAL_TYPE, start);
  if (type < 0 || type > headEnd || text.startsWith('MESSAGE', start)) return false;
  return !ODD_HEAD.test(text.slice(start, headEnd + 2)) && !holdsKeys(text.slice(body, end));
}

function messageAt(ends: readonly number[], at: number): number {
  let index = 0;
  while (index < ends.length - 1 && (ends[index] ?? 0) <= at) index += 1;
  return index;
}
