import type { TransportProtocol } from '../api/flow.js';
import type { ProxyTarget } from '../api/routed-request.js';
import { isSipsUri } from './contact-for.js';

/** What a `sips:` URI may go by: TLS, by itself or under a WebSocket (RFC 3261 §26.2.2, RFC 5630 §4). */
export function isSecureTransport(protocol: TransportProtocol): boolean {
  return protocol === 'tls' || protocol === 'wss';
}

/** The answer where a secure request has plain contacts alone to go to (RFC 5630 §5.3). */
export const SIPS_NOT_ALLOWED = {
  status: 480,
  headers: [['Warning', '380 sip "SIPS Not Allowed"']],
} as const;

/**
 * Targets of a request in its own scheme (RFC 5630 §5.3): a secure request goes to secure contacts alone; a plain one goes to
 * the plain form of a secure contact, and over TLS all the same, since its UAS shall not believe that every hop was secure.
 * @param uri the Request-URI that came
 */
export function inScheme(uri: string, targets: readonly ProxyTarget[]): readonly ProxyTarget[] {
  if (isSipsUri(uri)) return targets.filter((target) => isSipsUri(target.uri));
  if (!targets.some((target) => isSipsUri(target.uri))) return targets;
  return targets.map((target) =>
    isSipsUri(target.uri) ? { ...target, uri: plainForm(target.uri), secure: true } : target,
  );
}

/** The same URI as one that need not be secure. */
export function plainForm(uri: string): string {
  return uri.replace(/^\s*sips:/i, 'sip:');
}
