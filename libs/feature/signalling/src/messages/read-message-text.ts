import { TextDecoder } from 'node:util';
import { entityHeader, parseCpim, parseMediaType } from '@carillon/sip-message';

/** What a phone may write in (RFC 3428 §7, §11.5). */
export const MESSAGE_TYPES = 'text/plain, message/cpim';
/** What old phones mean who say nothing and do not write UTF-8. */
const OF_OLD = 'windows-1252';
/** Means nothing in a text, and no database takes it. */
const NUL = '\0';

/**
 * The text of a SIP message, or of the message within CPIM (RFC 3862), in whatever character set it says.
 * @param contentType as it came
 * @returns undefined where it is no text, or in a character set that nobody knows
 */
export function readMessageText(contentType: string | undefined, body: Buffer): string | undefined {
  if (contentType === undefined && body.length === 0) return '';
  const media = parseMediaType(contentType ?? '');
  if (media === undefined) return undefined;
  const { type, subtype, parameters } = media;
  if (type === 'text' && subtype === 'plain') return decode(body, parameters.get('charset'));
  if (type !== 'message' || subtype !== 'cpim') return undefined;
  const content = parseCpim(body)?.content;
  if (content === undefined) return undefined;
  const inner = parseMediaType(entityHeader(content, 'Content-Type') ?? 'text/plain');
  const isText = inner?.type === 'text' && inner.subtype === 'plain';
  return isText ? decode(content.body, inner.parameters.get('charset')) : undefined;
}

/** @returns without what is no text at all */
function decode(body: Buffer, charset: string | undefined): string | undefined {
  return decodeAll(body, charset)?.replaceAll(NUL, '');
}

/** Text without a character set is UTF-8 (RFC 3261 §25.1), where it can be. */
function decodeAll(body: Buffer, charset: string | undefined): string | undefined {
  if (charset !== undefined) return decoderOf(charset)?.decode(body);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return decoderOf(OF_OLD)?.decode(body);
  }
}

/** @returns undefined for a name that stands for no character set */
function decoderOf(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}
