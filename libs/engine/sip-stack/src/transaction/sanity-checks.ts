import { entityHeader, parseDisposition, parseMultipart } from '@carillon/sip-message';
import type { HeaderLine, SipRequest } from '@carillon/sip-message';

/** Why a new request is refused before anyone looks at it. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly HeaderLine[];
}

export interface SanityContext {
  /** Option tags that Require may name, lower case. */
  readonly supported: ReadonlySet<string>;
  /** Another request with the same From tag, Call-ID and CSeq but another branch is alive. */
  readonly isMerged: (request: SipRequest) => boolean;
}

type Check = (request: SipRequest, context: SanityContext) => Refusal | undefined;

const version: Check = ({ version: written }) =>
  written === 'SIP/2.0' || /^SIP\/2\.0$/i.test(written) ? undefined : { status: 505 };

/** RFC 3261 §8.2.2.1. A service may be called by its name (RFC 5031); which of them there are is for whoever takes the call to say. */
const scheme: Check = ({ uri, uriText, method }) => {
  if (uri?.scheme !== 'other') return undefined;
  return SERVICE.test(uriText) && CALLS.has(method) ? undefined : { status: 416 };
};
const SERVICE = /^urn:service:/i;
/** A CANCEL has the Request-URI of its INVITE. */
const CALLS: ReadonlySet<string> = new Set(['INVITE', 'CANCEL', 'ACK']);

/** RFC 3261 §8.2.2.2: the same request over two ways. */
const merged: Check = (request, context) =>
  request.toTag === undefined && context.isMerged(request) ? { status: 482 } : undefined;

/** RFC 3261 §8.2.2.3 */
const require: Check = (request, context) => {
  // A CANCEL cannot be sent again without it: it counts for nothing there.
  if (!request.has('Require') || request.method === 'CANCEL') return undefined;
  const unsupported = request.values('Require').filter((tag) => !context.supported.has(tag.toLowerCase()));
  if (unsupported.length === 0) return undefined;
  return { status: 420, headers: [['Unsupported', unsupported.join(', ')]] };
};

/** RFC 3261 §8.2.3; other methods' bodies are judged by their handlers. */
const content: Check = (request) => {
  // Without a view of its octets: most requests have no body.
  if (request.octets.bodyStart === request.octets.bodyEnd) return undefined;
  const encoding = request.header('Content-Encoding');
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    return { status: 415, headers: [['Accept-Encoding', 'identity']] };
  }
  if (!NEGOTIATES.has(request.method)) return undefined;
  const type = request.contentType ?? 'application/sdp';
  if (type === 'application/sdp') return isForSomethingElse(request) ? UNKNOWN_BODY : undefined;
  if (type.startsWith('multipart/')) return hasUnknownPart(request) ? UNKNOWN_BODY : undefined;
  // handling=optional bodies may be ignored (RFC 3261 §20.11).
  if (/handling\s*=\s*optional/i.test(request.header('Content-Disposition') ?? '')) return undefined;
  return UNKNOWN_BODY;
};

/** A description that must be understood, and is not of this session (RFC 3261 §20.11). */
function isForSomethingElse(request: SipRequest): boolean {
  const handling = request.header('Content-Disposition');
  if (handling === undefined || !/handling\s*=\s*required/i.test(handling)) return false;
  const disposition = parseDisposition(handling);
  return disposition !== undefined && disposition.type !== 'session';
}

/** Methods whose bodies are the stack's own business. */
const NEGOTIATES: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'PRACK']);
const ACCEPTED = 'application/sdp, multipart/mixed, multipart/alternative, multipart/related';
const UNKNOWN_BODY: Refusal = { status: 415, headers: [['Accept', ACCEPTED]] };

/**
 * A part that says by itself that it must be understood, and is not (RFC 5621 §3.1). Parts that say nothing must be so
 * too, but phones add a location or a picture without a word; those are left aside.
 */
function hasUnknownPart(request: SipRequest): boolean {
  const multipart = parseMultipart(request.body, request.header('Content-Type') ?? '');
  if (multipart === undefined || multipart.subtype === 'alternative') return false;
  return multipart.parts.some((part) => {
    const handling = entityHeader(part, 'Content-Disposition') ?? '';
    if (!/handling\s*=\s*required/i.test(handling) || parseDisposition(handling)?.required !== true) return false;
    const type = entityHeader(part, 'Content-Type')?.split(';', 1)[0]?.trim().toLowerCase() ?? 'text/plain';
    return type !== 'application/sdp' && !type.startsWith('multipart/');
  });
}

/** RFC 3261 §20.1: an INVITE that cannot take SDP back cannot be answered. */
const accept: Check = (request) => {
  if (request.method !== 'INVITE' || !request.has('Accept')) return undefined;
  const types = request.tokens('Accept').map((value) => value.split(';', 1)[0]?.trim());
  const takesSdp = types.some((type) => type === 'application/sdp' || type === 'application/*' || type === '*/*');
  return takesSdp ? undefined : { status: 406, headers: [['Warning', '399 sip "SDP must be acceptable"']] };
};

/** In the order of RFC 3261 §8.2: the first refusal counts. */
const CHECKS: readonly Check[] = [version, scheme, merged, require, content, accept];

export function checkSanity(request: SipRequest, context: SanityContext): Refusal | undefined {
  for (const check of CHECKS) {
    const refusal = check(request, context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
