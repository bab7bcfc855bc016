import type { SipRequest } from '@carillon/sip-message';

/** The same request must get the same tag each time, without being remembered (§8.2.7). */
export function statelessTag(request: SipRequest): string {
  let hash = 2_166_136_261;
  const text = `${request.branch ?? request.header('Via') ?? ''}${request.callId ?? ''}`;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return `s${(hash >>> 0).toString(16)}`;
}
