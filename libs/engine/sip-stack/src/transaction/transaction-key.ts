import { MAGIC_COOKIE, ownText } from '@carillon/sip-message';
import type { SipRequest, SipResponse } from '@carillon/sip-message';

/** Key of the client transaction that a response answers (RFC 3261 §17.1.3). */
export function clientKey(branch: string, method: string): string {
  return `${branch}|${method}`;
}

export function responseKey(response: SipResponse): string | undefined {
  const { branch } = response;
  const method = response.cseq?.method;
  return branch === undefined || method === undefined ? undefined : clientKey(branch, method);
}

/**
 * Key of the server transaction that a request belongs to (§17.2.3), which may be kept. ACK belongs to its INVITE.
 * @param method of the wanted transaction: CANCEL asks for the INVITE's
 */
export function serverKey(request: SipRequest, method: string = request.method): string {
  const branch = request.branch ?? '';
  const kind = method === 'ACK' ? 'INVITE' : method;
  if (branch.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length) {
    return ownText(`${branch}|${request.sentBy ?? ''}|${kind}`);
  }
  // RFC 2543: no unique branch, so everything that names the request together does.
  const cseq = request.cseq?.sequence ?? 0;
  return ['2543', request.uriText, request.fromTag, request.callId, cseq, request.header('Via'), kind].join('|');
}

/** Two requests with this in common and different branches are one request that came twice (§8.2.2.2). */
export function mergeKey(request: SipRequest): string {
  const { sequence = 0, method = '' } = request.cseq ?? {};
  return `${request.fromTag ?? ''}|${request.callId ?? ''}|${sequence} ${method}`;
}
