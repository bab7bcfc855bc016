import { redactBody } from './redact-body.js';
import { redactMessage } from './redact-message.js';

const HEAD_END = '\r\n\r\n';
const [TAB, CR, SPACE, DOUBLE_QUOTE, COLON, LESS, GREATER, AT, DEL] = [
  ...[0x09, 0x0d, 0x20, 0x22, 0x3a, 0x3c, 0x3e, 0x40, 0x7f],
] as const;
/** Letters in either case: with the bit that makes them small. */
const [SMALL, A, P, R, U, W] = [0x20, 0x61, 0x70, 0x72, 0x75, 0x77] as const;
const PUSH_PARAMETER = /[pP][nN]-/;

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
  // Headers within a URI, and push tokens.
  if (text.includes('?') || PUSH_PARAMETER.test(text)) return false;
  if (headEnd < 0 || headEnd + HEAD_END.length === text.length) return true;
  const body = text.slice(headEnd + HEAD_END.length);
  return redactBody(text.slice(0, headEnd), body) === body;
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
