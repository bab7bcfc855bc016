import { parseUri } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import type { Refusal } from '../transaction/sanity-checks.js';
import { hasLooped } from './loop-hash.js';
import type { OwnAddresses } from './own-addresses.js';

/** RFC 3261 §16.6 item 3, for requests that came without one. */
const DEFAULT_MAX_FORWARDS = 70;
/** RFC 5393 §5.3.3: what is added, and the most that is taken. */
export const DEFAULT_MAX_BREADTH = 60;

/** What a proxy checks before it forwards, in the order of RFC 3261 §16.3; the syntax is checked already. */
export function validateRequest(
  request: SipRequest,
  about: { uri: string; own: OwnAddresses; supported: ReadonlySet<string> },
): Refusal | undefined {
  if (!/^SIP\/2\.0$/i.test(request.version)) return { status: 505 };
  if (about.uri !== request.uriText ? parseUri(about.uri)?.scheme === 'other' : request.uri?.scheme === 'other') {
    return { status: 416 };
  }
  if (request.maxForwards === 0) return { status: 483 };
  if (hasLooped(request, about.own)) return { status: 482 };
  if (request.findLine('Proxy-Require') < 0) return undefined;
  const unsupported = request.values('Proxy-Require').filter((tag) => !about.supported.has(tag.toLowerCase()));
  if (unsupported.length === 0) return undefined;
  return { status: 420, headers: [['Unsupported', unsupported.join(', ')]] };
}

/** Max-Forwards of the copy. */
export function nextMaxForwards(request: SipRequest): number {
  const received = request.maxForwards;
  return received === undefined ? DEFAULT_MAX_FORWARDS : Math.max(0, received - 1);
}

/** Incoming Max-Breadth: at least one way, at most what we allow. */
export function incomingMaxBreadth(request: SipRequest): number {
  const text = request.header('Max-Breadth')?.trim();
  if (text === undefined || !/^\d{1,9}$/.test(text)) return DEFAULT_MAX_BREADTH;
  return Math.min(Math.max(Number(text), 1), DEFAULT_MAX_BREADTH);
}

/** RFC 4028 §8.1: a session interval that is too short, from a client that can be told so. */
export function tooBriefInterval(request: SipRequest, minimumSeconds: number | undefined): Refusal | undefined {
  if (minimumSeconds === undefined || request.method !== 'INVITE' || !request.has('Session-Expires')) return undefined;
  const seconds = Number.parseInt(request.header('Session-Expires') ?? '', 10);
  if (!(seconds < minimumSeconds) || !request.tokens('Supported').includes('timer')) return undefined;
  return { status: 422, headers: [['Min-SE', String(minimumSeconds)]] };
}
