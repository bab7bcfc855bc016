/** What stands where a secret was. */
export const REMOVED = '***';

const CREDENTIALS = /^(?:proxy-)?(?:authorization|authenticate|authentication-info)$|^www-authenticate$/i;
/** With which none of them begins. */
const OTHER_LETTERS = 'BCDEFGHIJKLMNOQRSTUVXYZbcdefghijklmnoqrstuvxyz';
/** auth-params that prove something (RFC 7616 §3.4, §3.5), quoted or not. */
const PROOFS =
  /\b(response|nonce|cnonce|nextnonce|rspauth|opaque)[ \t\r\n]{0,9}=[ \t\r\n]{0,9}(?:"(?:[^"\\]|\\[^])*"?|[^\s,;]+)/gi;

/**
 * The start line and the headers without passwords and proofs of passwords.
 * @param head without the empty line
 * @param mayBeInUris false where it is certain that no URI has any
 */
export function redactHead(head: string, mayBeInUris = true): string {
  const plain = mayBeInUris && needsUriCare(head) ? redactUris(head) : head;
  // The second letters of Authorization, Proxy-Auth…, WWW-Auth…, in any case.
  if (!/[aA][uU][tT][hH]/.test(plain)) return plain;
  const kept: string[] = [];
  let from = 0;
  for (let end = plain.indexOf('\r\n'); end >= 0; end = plain.indexOf('\r\n', end)) {
    const start = end + 2;
    end = endOfField(plain, start);
    // Most begin with another letter.
    if (OTHER_LETTERS.includes(plain.charAt(start))) continue;
    kept.push(plain.slice(from, start), redactField(plain.slice(start, end)));
    from = end;
  }
  return kept.join('') + plain.slice(from);
}

/** Folded lines belong to the header before them (RFC 3261 §7.3.1). */
function endOfField(head: string, start: number): number {
  let end = head.indexOf('\r\n', start);
  while (end >= 0 && (head[end + 2] === ' ' || head[end + 2] === '\t')) end = head.indexOf('\r\n', end + 2);
  return end < 0 ? head.length : end;
}

function redactField(field: string): string {
  const colon = field.indexOf(':');
  const name = colon < 0 ? '' : field.slice(0, colon).trim();
  if (!CREDENTIALS.test(name)) return field;
  const value = field.slice(colon + 1);
  const scheme = /^[ \t\r\n]{0,9}([!-+\--~]+)/.exec(value)?.[1] ?? '';
  const isInfo = /info$/i.test(name);
  if (isInfo || scheme.toLowerCase() === 'digest')
    return `${field.slice(0, colon)}:${value.replace(PROOFS, (_match, parameter: string) => `${parameter}="${REMOVED}"`)}`;
  // A token of any other scheme is a secret as a whole (RFC 7617, RFC 8898); a challenge holds none.
  return /authenticate$/i.test(name) ? field : `${field.slice(0, colon)}: ${scheme} ${REMOVED}`;
}

/** Whether any URI has a password, brings credentials along, or has a push token. */
function needsUriCare(head: string): boolean {
  for (let at = head.indexOf('@'); at >= 0; at = head.indexOf('@', at + 1)) if (hasColonBefore(head, at)) return true;
  return /;pn-prid/i.test(head) || (/[?&]/.test(head) && /[?&][^>\s]*authorization=/i.test(head));
}

/** Two colons between the last delimiter and an `@`: that of the scheme, and one before a password. */
function hasColonBefore(head: string, at: number): boolean {
  let colons = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const code = head.charCodeAt(index);
    if (code === COLON) colons += 1;
    // Blank, line end, quote, angle bracket, another @.
    else if (code <= 0x22 || code === 0x3c || code === 0x3e || code === 0x40) break;
    if (colons === 2) return true;
  }
  return false;
}

const COLON = 0x3a;

/**
 * Passwords of the form `sip:user:password@host` (RFC 3261 §19.1.1 says they are a bad idea), credentials that a URI
 * brings along as headers, and push tokens (RFC 8599). Walks from `@` to `@`, so no input takes more than one pass.
 */
function redactUris(head: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = head.indexOf('@'); at >= 0; at = head.indexOf('@', at + 1)) {
    const before = head.slice(from, at);
    parts.push(withoutPassword(before), '@');
    from = at + 1;
  }
  parts.push(head.slice(from));
  return parts
    .join('')
    .replace(/([?&](?:proxy-)?authorization)=[^&>\s]*/gi, `$1=${REMOVED}`)
    .replace(/(;pn-prid)=[^;>\s]*/gi, `$1=${REMOVED}`);
}

/** @param text up to an `@`: its last URI's user part ends it */
function withoutPassword(text: string): string {
  const start = Math.max(lastDelimiter(text), 0);
  const token = text.slice(start);
  const scheme = /sips?:/i.exec(token);
  if (scheme === null) return text;
  const user = scheme.index + scheme[0].length;
  const colon = token.indexOf(':', user);
  return colon < 0 ? text : `${text.slice(0, start)}${token.slice(0, colon)}:${REMOVED}`;
}

function lastDelimiter(text: string): number {
  for (let index = text.length - 1; index >= 0; index -= 1)
    if (' \t\r\n<>",'.includes(text[index] ?? '')) {
      // A comma may be part of a user or password: only one that is followed by a URI parts two values.
      if (text[index] !== ',' || /^,[ \t]*sips?:/i.test(text.slice(index, index + 16))) return index + 1;
    }
  return 0;
}
