import { holdsKeys, redactBody } from './redact-body.js';
import { redactMessage } from './redact-message.js';

const HEAD_END = '\r\n\r\n';
const [TAB, CR, SPACE, DOUBLE_QUOTE, COLON, LESS, GREATER, AT, DEL] = [
  ...[0x09, 0x0d, 0x20, 0x22, 0x3a, 0x3c, 0x3e, 0x40, 0x7f],
] as const;
/** Letters in either case: with the bit that makes them small. */
const [SMALL, A, E, N, P, R, U, W] = [0x20, 0x61, 0x65, 0x6e, 0x70, 0x72, 0x75, 0x77] as const;
const USUAL_TYPE = '\r\nContent-Type: application/sdp\r\n';
/** Where `Content-Encoding` differs from the other headers of bodies. */
const AFTER_CONTENT = 8;

/**
 * As `redactMessage`, for octets: what holds no secret, as most, is given back as it is.
 * @returns the same buffer, or a new one
 */
export function redactOctets(bytes: Buffer): Buffer {
  const text = bytes.latin1Slice(0, bytes.length);
  return isClean(text) ? bytes : Buffer.from(redactMessage(text), 'latin1');
}

/** Whether it is certain that nothing must be taken out, by searches that hardly look at a character themselves. */
function isClean(text: string): boolean {
  const headEnd = text.indexOf(HEAD_END);
  const end = headEnd < 0 ? text.length : headEnd;
  if (mayHoldCredentials(text, end) || mayHoldPassword(text, end)) return false;
  // Headers within a URI.
  if (text.includes('?') || mayHoldPushToken(text, end)) return false;
  if (headEnd < 0 || headEnd + HEAD_END.length === text.length) return true;
  const body = text.slice(headEnd + HEAD_END.length);
  if (isUsualSdp(text, end)) return !holdsKeys(body);
  return redactBody(text.slice(0, headEnd), body) === body;
}

/** SDP alone, as it is, and of no MESSAGE: what nearly every body is. */
function isUsualSdp(text: string, end: number): boolean {
  const type = text.indexOf(USUAL_TYPE);
  if (type < 0 || type > end || text.startsWith('MESSAGE') || text.includes(' MESSAGE\r\n')) return false;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    if ((text.charCodeAt(at + 1) | SMALL) === E || (text.charCodeAt(at + 1 + AFTER_CONTENT) | SMALL) === E)
      return false;
  }
  return true;
}

/** RFC 8599: a parameter of a URI that begins with `pn-`. */
function mayHoldPushToken(text: string, end: number): boolean {
  for (let at = text.indexOf(';'); at >= 0 && at < end; at = text.indexOf(';', at + 1))
    if ((text.charCodeAt(at + 1) | SMALL) === P && (text.charCodeAt(at + 2) | SMALL) === N) return true;
  return false;
}

/** A line that begins as Authorization, Authentication-Info, Proxy-… and WWW-… do, or as no header should. */
function mayHoldCredentials(text: string, end: number): boolean {
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    const first = text.charCodeAt(at + 1);
    const second = text.charCodeAt(at + 2) | SMALL;
    switch (first | SMALL) {
      case A:
        if (second === U) return true;
        break;
      case P:
        if (second === R) return true;
        break;
      case W:
        if (second === W) return true;
        break;
      default:
        if (first >= DEL || (first < SPACE && first !== CR && first !== TAB)) return true;
    }
  }
  return false;
}

/** Two colons in the word before an `@`: that of the scheme, and one before a password. */
function mayHoldPassword(text: string, end: number): boolean {
  for (let at = text.indexOf('@'); at >= 0 && at < end; at = text.indexOf('@', at + 1)) {
    let colons = 0;
    for (let index = at - 1; index >= 0; index -= 1) {
      const code = text.charCodeAt(index);
      if (code === COLON) colons += 1;
      else if (code <= DOUBLE_QUOTE || code === LESS || code === GREATER || code === AT) break;
      if (colons === 2) return true;
    }
  }
  return false;
}
