import { findSuspects } from './find-suspects.js';
import { redactMessage } from './redact-message.js';

/**
 * As `redactMessage`, for octets: what holds no secret, as most, is given back as it is.
 * @returns the same buffer, or a new one
 */
export function redactOctets(bytes: Buffer): Buffer {
  const text = bytes.latin1Slice(0, bytes.length);
  const [suspect] = findSuspects(text, [bytes.length]);
  return suspect === undefined ? bytes : Buffer.from(redactMessage(text, suspect), 'latin1');
}
