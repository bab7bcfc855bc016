import type { SipMessage } from '@carillon/sip-message';

/** Most packages remembered of a peer. */
const MAX_PACKAGES = 32;

/**
 * Packages of a message's Recv-Info, lower case (RFC 6086 §5.2).
 * @returns undefined when it has none: then what was said before still counts
 */
export function infoPackagesOf(message: SipMessage): ReadonlySet<string> | undefined {
  if (!message.has('Recv-Info')) return undefined;
  const names = message.tokens('Recv-Info').map((value) => value.split(';', 1)[0]?.trim() ?? '');
  return new Set(names.filter((name) => name !== 'nil').slice(0, MAX_PACKAGES));
}
