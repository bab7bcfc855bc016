import { COMMA } from '../values/characters.js';
import { VIA } from './header-names.js';
import { hasSentBy } from './read-via.js';
import type { SipMessage } from './sip-message.js';

/** Whether a message has one Via value alone: nobody stands between whoever sent it, or its answer, and us. */
export function hasOneVia(message: SipMessage): boolean {
  const { index } = message.octets;
  const line = index.first(VIA);
  if (line < 0) return false;
  const { bytes } = index;
  const end = index.end(line);
  const from = index.offset(line);
  let at = from;
  while (at < end && bytes[at] !== COMMA) at++;
  // Nothing between commas, or in a line, is no value.
  return at === end && at > from && !index.isRepeated(VIA) ? true : message.values('Via').length === 1;
}

/** Whether its top Via names this `host:port`, in lower case and as we write it. */
export function isSentBy(message: SipMessage, sentBy: string): boolean {
  const { index } = message.octets;
  const line = index.first(VIA);
  return line >= 0 && (hasSentBy(index, line, sentBy) || message.sentBy === sentBy);
}
