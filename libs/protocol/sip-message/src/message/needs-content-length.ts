import { CSEQ } from './header-names.js';
import type { HeaderIndex } from './header-index.js';
import type { RequestLine, StatusLine } from './parse-start-line.js';
import { readCSeq } from './read-cseq.js';

/** Requests that hardly ever have a body, and tell of it by Content-Type when they do. */
const REQUESTS_WITHOUT_BODY: ReadonlySet<string> = new Set([
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
]);

/**
 * Requests whose responses have none: those that answer a description may have one, those to OPTIONS usually do (RFC 3261
 * §11.2), and a 2xx to MESSAGE must not (RFC 3428 §7).
 */
const ANSWERED_WITHOUT_BODY: ReadonlySet<string> = new Set([
  'BYE',
  'CANCEL',
  'INFO',
  'MESSAGE',
  'NOTIFY',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
]);

/** Headers that tell of a body (RFC 3261 §7.4, §20.11 to §20.15, §20.24), and their compact forms. */
const OF_A_BODY = /^(?:content-.*|mime-version|[cel])$/i;

/**
 * Whether a message on a stream is malformed without Content-Length. RFC 3261 §18.3 wants it in all of them; where it is
 * left out, the message is over behind its head only if nobody can think otherwise. Who has read a body there has passed
 * on, as part of that message, what would be the next one to us.
 */
export function needsContentLength(startLine: RequestLine | StatusLine, index: HeaderIndex): boolean {
  if (!index.strictLineEnds || !mayGoWithoutBody(startLine, index)) return true;
  for (let line = 0; line < index.count; line++) if (OF_A_BODY.test(index.name(line))) return true;
  return false;
}

function mayGoWithoutBody(startLine: RequestLine | StatusLine, index: HeaderIndex): boolean {
  if (startLine.kind === 'request') return REQUESTS_WITHOUT_BODY.has(startLine.method);
  // 100 goes one hop (§8.2.6.1): no stranger has written it.
  if (startLine.status === 100) return true;
  const line = index.first(CSEQ);
  const cseq = line < 0 || index.isRepeated(CSEQ) ? undefined : readCSeq(index, line);
  return cseq !== undefined && ANSWERED_WITHOUT_BODY.has(cseq.method);
}
