import { buildRequest, firstValue, parseMessage } from '@carillon/sip-message';
import type { HeaderLine, SipRequest } from '@carillon/sip-message';

/** Headers of the INVITE that ACK (RFC 3261 §17.1.1.3) and CANCEL (§9.1) carry too. */
const COPIED: ReadonlySet<string> = new Set(['route', 'from', 'call-id', 'authorization', 'proxy-authorization']);
const MAX_FORWARDS = '70';

/** ACK of a failure: the INVITE's Via, Route, From, Call-ID and CSeq number, the response's To (§17.1.1.3). */
export function buildAck(invite: Buffer, to: string): Buffer | undefined {
  return derive(invite, 'ACK', (headers) => [...headers, ['To', to]]);
}

/** CANCEL: same Request-URI, Via, Route, From, To, Call-ID and CSeq number (§9.1), and why (RFC 3326). */
export function buildCancel(invite: Buffer, extra: readonly HeaderLine[]): Buffer | undefined {
  return derive(invite, 'CANCEL', (headers, request) => [...headers, ['To', request.header('To') ?? ''], ...extra]);
}

/** Worked out of the octets that were sent: only some calls need it, so nothing is kept for it. */
function derive(
  invite: Buffer,
  method: 'ACK' | 'CANCEL',
  complete: (headers: readonly HeaderLine[], request: SipRequest) => HeaderLine[],
): Buffer | undefined {
  const parsed = parseMessage(invite);
  if (!parsed.ok || parsed.message.kind !== 'request') return undefined;
  const request = parsed.message;
  const copied: HeaderLine[] = [
    ['Via', firstValue(request.header('Via') ?? '')],
    ['Max-Forwards', MAX_FORWARDS],
  ];
  for (const [name, value] of request.lines()) if (COPIED.has(fullName(name))) copied.push([name, value]);
  copied.push(['CSeq', `${request.cseq?.sequence ?? 1} ${method}`]);
  return buildRequest({ method, uri: request.uriText, headers: complete(copied, request) });
}

/** Compact forms of the copied headers; a proxy's INVITE keeps what its sender wrote. */
function fullName(name: string): string {
  const lower = name.toLowerCase();
  return lower === 'f' ? 'from' : lower === 'i' ? 'call-id' : lower;
}
