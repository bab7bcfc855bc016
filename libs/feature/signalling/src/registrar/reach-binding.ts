import { parseNameAddress } from '@carillon/sip-message';
import type { Flow, UserAgent } from '@carillon/sip-stack';
import type { Binding } from './binding.js';

/** How a request gets to a registered phone: to its contact, over the flow it registered with where that is known. */
export interface BindingTarget {
  readonly target: string;
  readonly flow?: Flow;
  /** The proxies that the phone registered through (RFC 3327 §5.4). */
  readonly route?: readonly string[];
}

/** Undefined where only a connection led there and it is gone. */
export function reachBinding(
  userAgent: Pick<UserAgent, 'flow' | 'addresses'>,
  binding: Binding,
): BindingTarget | undefined {
  const { contactUri, path, protocol, regId } = binding;
  if (path.length > 0)
    return { target: contactUri, route: path.flatMap((value) => parseNameAddress(value)?.uri ?? []) };
  const flow = flowOf(userAgent, binding);
  if (flow?.open === true) return { target: contactUri, flow };
  // A browser listens nowhere, and an Outbound phone is reached by its flows alone (RFC 5626 §7); a TCP phone may take a
  // new connection at its contact.
  return isWebSocket(protocol) || regId !== null ? undefined : { target: contactUri };
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
