import { buildDigestCredentials, digestHa1, strongestChallenge } from '@carillon/sip-message';
import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { Credentials } from '../api/outgoing-invite.js';
import type { Identifiers } from '../identifiers.js';

/**
 * The header that answers a 401 or 407.
 * @returns undefined for other responses, and for challenges that these credentials cannot answer
 */
export function answerChallenge(
  response: SipResponse,
  request: { method: string; uri: string; credentials: Credentials },
  identifiers: Identifiers,
): HeaderLine | undefined {
  const proxy = response.status === 407;
  if (!proxy && response.status !== 401) return undefined;
  const challenge = strongestChallenge(response.headers(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate'));
  if (challenge === undefined) return undefined;
  const { credentials, method, uri } = request;
  const { algorithm, realm } = challenge;
  const ha1 =
    'password' in credentials
      ? digestHa1(algorithm, credentials.username, realm, credentials.password)
      : credentials.ha1[algorithm];
  if (ha1 === undefined) return undefined;
  const value = buildDigestCredentials({
    challenge,
    username: credentials.username,
    ha1,
    method,
    uri,
    cnonce: identifiers.cnonce(),
    nonceCount: 1,
  });
  return [proxy ? 'Proxy-Authorization' : 'Authorization', value];
}
