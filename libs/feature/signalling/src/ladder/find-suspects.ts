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

/** A message that may hold something, and where beside its credentials and challenges. */
export interface Suspect {
  readonly index: number;
  uris: boolean;
  body: boolean;
}

/**
 * Which of many messages may hold something that `redactMessage` takes out: few. Whoever is not named is certain to be
 * clean. They are searched all at once, by searches that hardly look at a character themselves.
 * @param text the messages one behind the other, a character for each octet
 * @param ends where each ends
 * @returns in their order
 */
export function findSuspects(text: string, ends: readonly number[]): readonly Suspect[] {
  const suspects: Suspect[] = [];
  /** @returns where the next message begins */
  const suspectUris = (at: number): number => {
    const index = messageAt(ends, at);
    suspectOf(suspects, index).uris = true;
    return ends[index] ?? text.length;
  };
  for (let at = nextMatch(CREDENTIALS, text, 0); at >= 0;) {
    const index = messageAt(ends, at);
    const end = ends[index] ?? text.length;
    // A URI may bring them along, behind others.
    const more = text.indexOf('&', ends[index - 1] ?? 0);
    suspectOf(suspects, index).uris ||= more >= 0 && more < end;
    at = nextMatch(CREDENTIALS, text, end);
  }
  for (let at = nextMatch(PUSH_TOKENS, text, 0); at >= 0;) at = nextMatch(PUSH_TOKENS, text, suspectUris(at));
  // Headers within a URI.
  for (let at = text.indexOf('?'); at >= 0;) at = text.indexOf('?', suspectUris(at));
  for (let at = text.indexOf('@'); at >= 0;) at = text.indexOf('@', endsPassword(text, at) ? suspectUris(at) : at + 1);
  let start = 0;
  for (let index = 0; index < ends.length; index += 1) {
    const end = ends[index] ?? start;
    if (start < end && !hasCleanBody(text, start, end)) suspectOf(suspects, index).body = true;
    start = end;
  }
  return suspects.sort((a, b) => a.index - b.index);
}

/** Added where it is none yet. */
function suspectOf(suspects: Suspect[], index: number): Suspect {
  for (const known of suspects) if (known.index === index) return known;
  const suspect = { index, uris: false, body: false };
  suspects.push(suspect);
  return suspect;
}

/** @param pattern with the flag `g` @returns -1 where there is none */
function nextMatch(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex - 1 : -1;
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
