import { parseNameAddress } from '@carillon/sip-message';
import { isSipsUri, plainForm, type Flow, type UserAgent } from '@carillon/sip-stack';
import type { Binding } from './binding.js';

/** How a request gets to a registered phone: to its contact, over the flow it registered with where that is known. */
export interface BindingTarget {
  readonly target: string;
  readonly flow?: Flow;
  /** The proxies that the phone registered through (RFC 3327 §5.4). */
  readonly route?: readonly string[];
  /** Over TLS alone, though the target may not say so. */
  readonly secure?: boolean;
  /** But for the flow: a `sips:` contact that came by it was taken, so TLS ends in front of us where it has none. */
  readonly trustsFlow?: boolean;
}

/**
 * Undefined where only a connection led there and it is gone, or where the way is not as secure as it must be.
 * @param secure the request is for a `sips:` URI: only who registered so is asked, as such. Who did and is asked by a plain URI
 *   gets the plain form of its contact, over TLS all the same (RFC 5630 §5.3).
 */
export function reachBinding(
  userAgent: Pick<UserAgent, 'flow' | 'addresses'>,
  binding: Binding,
  secure = false,
): BindingTarget | undefined {
  const { contactUri, path, protocol, regId } = binding;
  const isSecure = isSipsUri(contactUri);
  if (secure && !isSecure) return undefined;
  // The URI stays as the phone wrote it: of two transports the first would count, and headers end it.
  const to = isSecure ? { target: secure ? contactUri : plainForm(contactUri), secure: true } : { target: contactUri };
  if (path.length > 0) return { ...to, route: path.flatMap((value) => parseNameAddress(value)?.uri ?? []) };
  const flow = flowOf(userAgent, binding);
  if (flow?.open === true) {
    if (!isSecure) return { target: contactUri, flow };
    // The connection that the contact was registered by; nobody ends TLS in front of UDP.
    if (flow.protocol !== 'udp') return { ...to, flow, trustsFlow: true };
  }
  // A browser listens nowhere, and an Outbound phone is reached by its flows alone (RFC 5626 §7); a TCP phone may take a
  // new connection at its contact.
  if (isWebSocket(protocol) || regId !== null) return undefined;
  return to;
}

/** A browser's: nobody can dial it. */
export function isWebSocket(protocol: string): boolean {
  return protocol === 'ws' || protocol === 'wss';
}

/** The flow that a binding came over, if it is still there. */
export function flowOf(userAgent: Pick<UserAgent, 'flow' | 'addresses'>, binding: Binding): Flow | undefined {
  return userAgent.flow(binding.flowId ?? flowIdFromSource(userAgent, binding));
}

/** After a restart, the way back through a NAT is still the pair of our socket and the phone's public address. */
function flowIdFromSource(userAgent: Pick<UserAgent, 'addresses'>, binding: Binding): string {
  const local = userAgent.addresses.find(({ protocol }) => protocol === binding.protocol);
  const host = local?.host.includes(':') === true ? `[${local.host}]` : (local?.host ?? '');
  return `${binding.protocol}:${host}:${local?.port ?? 0}-${binding.source}`;
}
