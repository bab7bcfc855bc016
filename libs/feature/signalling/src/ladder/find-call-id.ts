import { ownText } from '@carillon/sip-message';
import type { TappedMessage } from '@carillon/sip-stack';

const CALL_ID = Buffer.from('\nCall-ID:');
const [CR, SPACE, TAB] = [0x0d, 0x20, 0x09];
/** Longer ones are nobody's who wants to be traced. */
const LONGEST = 256;

/**
 * The Call-ID of a message. What we send is not parsed for it: we write the header's name in one way only, so that it is
 * found by a search for the octets.
 */
export function findCallId(tapped: TappedMessage): string | undefined {
  if (tapped.direction === 'in') return bounded(tapped.message()?.callId);
  const bytes = asBuffer(tapped.bytes);
  const at = bytes.indexOf(CALL_ID);
  if (at < 0) return bounded(tapped.message()?.callId);
  let start = at + CALL_ID.length;
  while (bytes[start] === SPACE || bytes[start] === TAB) start += 1;
  let end = bytes.indexOf(CR, start);
  if (end < 0 || end - start > LONGEST) return undefined;
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end -= 1;
  return bytes.toString('latin1', start, end);
}

/** Mostly it is one already. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bounded(callId: string | undefined): string | undefined {
  return callId === undefined || callId.length > LONGEST ? undefined : ownText(callId);
}
