import type { Suspect } from './find-suspects.js';
import { redactBody } from './redact-body.js';
import { redactHead } from './redact-head.js';

const HEAD_END = '\r\n\r\n';
const EVERYWHERE = { uris: true, body: true } as const;

/**
 * A SIP message without its secrets, still a valid one: Content-Length is right.
 *
 * | where                                               | what is taken out                        | what stays              |
 * | --------------------------------------------------- | ---------------------------------------- | ----------------------- |
 * | Authorization, Proxy-Authorization                  | response, nonce, cnonce, opaque; tokens  | username, realm, uri, … |
 * | WWW-/Proxy-Authenticate, (Proxy-)Authentication-Info | nonce, nextnonce, rspauth, cnonce, opaque | realm, algorithm, qop  |
 * | any URI                                             | password, embedded credentials, push token | the rest              |
 * | SDP, alone or in a multipart body                   | SDES and MIKEY keys, k=, ICE passwords   | the rest                |
 * | INFO with keys (dtmf-relay, dtmf, digits, KPML)     | the digits                               | durations               |
 * | MESSAGE, and bodies that cannot be looked into      | the whole body                           | its length, as a remark |
 *
 * Pure, linear in the length, and never throws.
 * @param text one character for each octet (ISO 8859-1)
 * @param where left out, everywhere
 */
export function redactMessage(text: string, where: Pick<Suspect, 'uris' | 'body'> = EVERYWHERE): string {
  const headEnd = text.indexOf(HEAD_END);
  const head = headEnd < 0 ? text : text.slice(0, headEnd);
  const body = headEnd < 0 ? '' : text.slice(headEnd + HEAD_END.length);
  const cleanHead = redactHead(head, where.uris);
  if (headEnd < 0) return cleanHead;
  if (body === '') return cleanHead === head ? text : cleanHead + HEAD_END;
  const cleanBody = where.body ? redactBody(head, body) : body;
  // Nothing secret in it, as in most: no new string is put together.
  if (cleanHead === head && cleanBody === body) return text;
  const sized = cleanBody.length === body.length ? cleanHead : withContentLength(cleanHead, cleanBody.length);
  return sized + HEAD_END + cleanBody;
}

function withContentLength(head: string, length: number): string {
  return head.replace(/^((?:content-length|l)[ \t]{0,9}:[ \t]{0,9})\d{1,9}/im, `$1${length}`);
}
