const HIDDEN = 'x';

/**
 * A body without keys, digits and private words. Inside a multipart body every replacement is as long as what it
 * replaces, so that the lengths of its parts stay right.
 */
export function redactBody(head: string, body: string): string {
  const type = headerOf(head, CONTENT_TYPE);
  const encoding = headerOf(head, CONTENT_ENCODING);
  const unreadable = encoding !== '' && encoding !== 'identity';
  if (unreadable || isMessage(head)) return `[${body.length} octets, not kept]`;
  if (type.startsWith('multipart/')) return redactDigitsIn(redactSdp(body));
  if (type.startsWith('application/sdp') || type === '') return redactSdp(body);
  return isDigits(type) ? redactDigitsIn(body) : body;
}

function isMessage(head: string): boolean {
  return (
    head.startsWith('MESSAGE ') || (head.startsWith('SIP/2.0') && /^cseq[ \t]*:[ \t]*\d+[ \t]+MESSAGE/im.test(head))
  );
}

function isDigits(type: string): boolean {
  return /dtmf|digits|kpml/.test(type);
}

/** Whether an SDP may say how media is encrypted. */
export function holdsKeys(body: string): boolean {
  return /inline:|ice-pwd|key-mgmt|(?:^|\n)k=/i.test(body);
}

/** RFC 4568 (a=crypto), RFC 4567 (a=key-mgmt), RFC 4566 §5.12 (k=), RFC 8839 §5.4 (a=ice-pwd). */
function redactSdp(body: string): string {
  if (!holdsKeys(body)) return body;
  return body
    .replace(/(a=crypto:[^\r\n]*)/gi, (line: string) => line.replace(/(inline:)([^|;\s]*)/gi, hideSecond))
    .replace(/(a=ice-pwd:)([^\r\n]*)/gi, hideSecond)
    .replace(/(a=key-mgmt:[^\s]*[ \t])([^\r\n]*)/gi, hideSecond)
    .replace(/((?:^|\n)k=[a-z0-9-]{1,16}:)([^\r\n]*)/gi, hideSecond);
}

/** `Signal=5`, `d=5`, a key alone, and `digits="123"` of RFC 4730. */
function redactDigitsIn(body: string): string {
  if (/^\s{0,9}[0-9A-D*#]{1,32}\s{0,9}$/i.test(body)) return body.replace(/[^\s]/g, HIDDEN);
  return body
    .replace(/((?:^|\n)[ \t]{0,9}(?:signal|d)[ \t]{0,9}=[ \t]{0,9})([^\r\n]*)/gi, hideSecond)
    .replace(/(\bdigits[ \t]{0,9}=[ \t]{0,9}["'])([^"']*)/gi, hideSecond);
}

const hideSecond = (_match: string, first: string, secret: string): string => first + HIDDEN.repeat(secret.length);

const CONTENT_TYPE = /^(?:content-type|c)[ \t]{0,9}:[ \t]{0,9}([^;\r\n]*)/im;
const CONTENT_ENCODING = /^(?:content-encoding|e)[ \t]{0,9}:[ \t]{0,9}([^;\r\n]*)/im;

function headerOf(head: string, pattern: RegExp): string {
  return pattern.exec(head)?.[1]?.trim().toLowerCase() ?? '';
}
