import { findPart } from '../body/multipart.js';
import type { SipMessage } from './sip-message.js';

/**
 * SDP text of a message: its body when that is `application/sdp` (or has no type at all), or the SDP part of a multipart
 * body (RFC 5621).
 */
export function sessionDescription(message: SipMessage): string | undefined {
  if (message.body.length === 0) return undefined;
  const type = message.contentType;
  if (type === undefined || type === 'application/sdp') return message.bodyText;
  if (!type.startsWith('multipart/')) return undefined;
  return bodyPart(message, 'application/sdp');
}

/** The part of a multipart body with this media type, as text. */
export function bodyPart(message: SipMessage, mediaType: string): string | undefined {
  return findPart(message.body, message.header('Content-Type') ?? '', mediaType)?.body.toString('utf8');
}
