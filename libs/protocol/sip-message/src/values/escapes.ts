/** unreserved and user-unreserved of RFC 3261 §25.1: what a user part may hold as it is. */
const USER_PLAIN = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/]*$/;

/** Resolves `%HH`. @returns undefined when a `%` is not followed by two hexadecimal digits */
export function unescapeText(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const octets = Buffer.alloc(Buffer.byteLength(text));
  let length = 0;
  for (let at = 0; at < text.length;) {
    if (text[at] === '%') {
      octets[length++] = Number.parseInt(text.slice(at + 1, at + 3), 16);
      at += 3;
    } else {
      const next = text.indexOf('%', at);
      length += octets.write(text.slice(at, next < 0 ? text.length : next), length, 'utf8');
      at = next < 0 ? text.length : next;
    }
  }
  return octets.toString('utf8', 0, length);
}

/** Escapes what may not stand in a user part or password. */
export function escapeUser(text: string): string {
  if (USER_PLAIN.test(text)) return text;
  let escaped = '';
  for (const octet of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(octet);
    escaped += octet < 128 && USER_PLAIN.test(character) ? character : percent(octet);
  }
  return escaped;
}

function percent(octet: number): string {
  return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}
