import type { Malformed, MessageLimits } from '@carillon/sip-message';
import { endOfHead, hasOneLineEnd } from './end-of-head.js';

const LENGTH_LINE = /^(?:content-length|l)[ \t]*:([^\r\n]*)/gim;

/** Faults of a head that say nothing about where the message ends. */
const WITH_AN_END: ReadonlySet<Malformed['malformed']> = new Set(['HEADER_LINE', 'START_LINE', 'TOO_MANY_HEADERS']);

/**
 * How many octets a malformed message on a stream takes, so that the next one can be found: its head has an end that
 * everybody sees, and one Content-Length (RFC 3261 §18.3).
 * @returns undefined when nobody can tell; more than there are when its body is still to come
 */
export function malformedLength(bytes: Buffer, problem: Malformed, limits: MessageLimits): number | undefined {
  const end = endOfHead(bytes);
  if (end < 0 || end > limits.maxHeadBytes || !WITH_AN_END.has(problem.malformed)) return undefined;
  const head = bytes.latin1Slice(0, end);
  const lengths = hasOneLineEnd(head) ? [...head.matchAll(LENGTH_LINE)] : [];
  const text = lengths[0]?.[1]?.trim() ?? '';
  if (lengths.length !== 1 || !/^\d{1,9}$/.test(text) || Number(text) > limits.maxBodyBytes) return undefined;
  return end + Number(text);
}
