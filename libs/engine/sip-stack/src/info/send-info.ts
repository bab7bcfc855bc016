import type { InviteSession } from '../api/invite-session.js';
import type { RequestOutcome } from '../api/request-outcome.js';

/** Sends an INFO, of a package only when the peer said that it takes it (RFC 6086 §4.2.1). */
export function sendInfo(
  session: InviteSession,
  options: Parameters<InviteSession['info']>[0],
): Promise<RequestOutcome> {
  const { infoPackage, headers, body, contentType } = options;
  if (infoPackage === undefined) {
    return session.sendRequest({ method: 'INFO', body, contentType, ...(headers === undefined ? {} : { headers }) });
  }
  if (session.remoteInfoPackages?.has(infoPackage.toLowerCase()) !== true) {
    return Promise.resolve({ ok: false, status: 469, reason: 'Bad Info Package', cause: 'ended' });
  }
  return session.sendRequest({
    method: 'INFO',
    headers: { 'Info-Package': infoPackage, ...headers },
    body,
    contentType,
  });
}
