import { parseNameAddress } from '../values/name-address.js';
import { splitValues } from '../values/split-values.js';
import type { Malformed, MalformedCode } from './parse-result.js';
import type { SipMessage } from './sip-message.js';

/** Headers that every message needs, once (RFC 3261 §8.1.1); Max-Forwards may be missing for RFC 2543's sake. */
const SINGLE = ['From', 'To', 'Call-ID', 'CSeq'] as const;
const SINGLE_IF_PRESENT = ['Max-Forwards', 'Content-Type', 'Expires'] as const;

/**
 * Checks what transaction and dialog layers rely on, so that they can read it without asking again.
 * @returns the first thing wrong, or undefined
 */
export function checkMandatoryHeaders(message: SipMessage): Malformed | undefined {
  const wrong = (code: MalformedCode, detail: string): Malformed =>
    message.kind === 'request'
      ? { ok: false, malformed: code, offset: 0, detail, request: message }
      : { ok: false, malformed: code, offset: 0, detail };

  for (const name of SINGLE) {
    const count = message.count(name);
    if (count === 0) return wrong('HEADER_MISSING', `Missing ${name}`);
    if (count > 1) return wrong('HEADER_REPEATED', `Several ${name}`);
  }
  for (const name of SINGLE_IF_PRESENT) {
    if (message.count(name) > 1) return wrong('HEADER_REPEATED', `Several ${name}`);
  }
  if (!message.has('Via')) return wrong('HEADER_MISSING', 'Missing Via');
  // The values below the top one are other hops' business.
  if (message.topVia === undefined) return wrong('HEADER_VALUE', 'Bad Via');
  if (message.from === undefined) return wrong('HEADER_VALUE', 'Bad From');
  if (message.to === undefined) return wrong('HEADER_VALUE', 'Bad To');
  if (message.callId === '' || /\s/.test(message.callId ?? '')) return wrong('HEADER_VALUE', 'Bad Call-ID');
  if (message.cseq === undefined) return wrong('HEADER_VALUE', 'Bad CSeq');
  if (message.kind === 'request') {
    if (message.cseq.method !== message.method) return wrong('CSEQ_METHOD', 'CSeq method differs');
    if (message.has('Max-Forwards') && message.maxForwards === undefined)
      return wrong('HEADER_VALUE', 'Bad Max-Forwards');
    if (message.uri === undefined) return wrong('REQUEST_URI', 'Bad Request-URI');
  }
  for (const name of ['Route', 'Record-Route'] as const) {
    if (message.has(name) && message.values(name).some((value) => parseNameAddress(value) === undefined)) {
      return wrong('HEADER_VALUE', `Bad ${name}`);
    }
  }
  if (message.has('Contact') && message.headers('Contact').some(hasBadContact))
    return wrong('HEADER_VALUE', 'Bad Contact');
  return undefined;
}

function hasBadContact(line: string): boolean {
  return splitValues(line).some((value) => value !== '*' && parseNameAddress(value) === undefined);
}
