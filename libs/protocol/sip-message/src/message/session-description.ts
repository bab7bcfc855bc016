import type { SipMessage } from './sip-message.js';

/** Most parts looked at in a multipart body. */
const MAX_PARTS = 16;

/**
 * SDP text of a message: its body when that is `application/sdp` (or has no type at all), or the first SDP part of a
 * multipart body (RFC 5621).
 */
export function sessionDescription(message: SipMessage): string | undefined {
  if (message.body.length === 0) return undefined;
  const type = message.contentType;
  if (type === undefined || type === 'application/sdp') return message.bodyText;
  if (!type.startsWith('multipart/')) return undefined;
  return bodyPart(message, 'application/sdp');
}

/** The first part of a multipart body with this media type, as text. */
export function bodyPart(message: SipMessage, mediaType: string): string | undefined {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(message.header('Content-Type') ?? '');
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return undefined;
  const parts = `\r\n${message.bodyText}`.split(`\r\n--${mark}`, MAX_PARTS + 2).slice(1);
  for (const part of parts) {
    if (part.startsWith('--')) return undefined;
    const headEnd = part.indexOf('\r\n\r\n');
    if (headEnd < 0) continue;
    const partType = /^content-type\s*:\s*([^;\r\n]+)/im.exec(part.slice(0, headEnd))?.[1];
    if ((partType ?? 'text/plain').trim().toLowerCase() === mediaType) return part.slice(headEnd + 4);
  }
  return undefined;
}
