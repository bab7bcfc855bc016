import { isIP } from 'node:net';
import type { Party } from '@carillon/contracts';
import type { DeviceQuirks } from '@carillon/domain';
import { parseSipOrSipsUri, parseUri, type SipResponse } from '@carillon/sip-message';
import { isSipsUri, type Referral } from '@carillon/sip-stack';
import { isOwnHost } from '../../routing/own-host.js';
import { normaliseNumber } from '../../routing/route-call.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';

/** How often one call may be sent on by phones, and how many targets of one answer are tried. */
export const MOST_REDIRECTIONS = 5;
const MOST_TARGETS = 5;

/** A phone's wish to have the call go elsewhere. */
export interface Redirection {
  /** Whose phone it is: on whose account the call goes on. */
  readonly by: Party;
  readonly hidden: boolean;
  /** 302 at once, 487 while it rang (RFC 4458 §2.1: deflection during alerting). */
  readonly cause: 302 | 487;
  /** In the order to try. */
  readonly numbers: readonly string[];
  /** Of a wish by REFER: hears what became of it. */
  readonly referral?: Referral;
}

/**
 * Numbers of the Contacts of a 3xx, by q (RFC 3261 §8.1.3.4). None leads from `sips:` to `sip:`, or the other way (RFC 5630 §5.3).
 * @param sips what the phone means by it: one that means its first hop says no more by `sips:` than by `sip:`
 */
export function redirectionNumbers(
  response: SipResponse,
  { domain, secure }: Pick<Call, 'domain' | 'secure'>,
  { ownHosts, sips }: Pick<CallParts, 'ownHosts'> & { readonly sips: DeviceQuirks['sips'] },
): string[] {
  const isFollowed = (uri: string): boolean => isSipsUri(uri) === secure || (!secure && sips === 'first-hop');
  const uris = [...response.contacts]
    .flatMap((contact) => (contact.wildcard ? [] : [contact]))
    .sort((a, b) => b.q - a.q)
    .map(({ uri }) => uri)
    .filter((uri) => !/^sips?:/i.test(uri) || isFollowed(uri));
  return ownNumbers(uris, domain, ownHosts);
}

/** Only numbers of ours and tel: URIs: a phone leads no call to foreign servers. */
export function ownNumbers(uris: readonly string[], domain: string, ownHosts: ReadonlySet<string>): string[] {
  const numbers = uris.flatMap((text) => {
    const uri = parseUri(text);
    if (uri?.scheme === 'tel') return [uri.number];
    if ((uri?.scheme !== 'sip' && uri?.scheme !== 'sips') || uri.user === undefined) return [];
    if (!isOwnHost(uri.host, domain, ownHosts)) return [];
    return [normaliseNumber(uri.user).slice(0, 64)];
  });
  return [...new Set(numbers)].slice(0, MOST_TARGETS);
}

/** Whether a SIP URI names a host that is not ours. An address tells nothing: phones write their own, or that of a NAT. */
export function isElsewhere(text: string, domain: string, ownHosts: ReadonlySet<string>): boolean {
  const host = parseSipOrSipsUri(text)?.host;
  if (host === undefined || isIP(host.replace(/^\[|\]$/g, '')) !== 0) return false;
  return !isOwnHost(host, domain, ownHosts);
}
