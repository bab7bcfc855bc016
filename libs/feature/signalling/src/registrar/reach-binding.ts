import type { Flow, UserAgent } from '@carillon/sip-stack';
import type { Binding } from './binding.js';

/** How a request gets to a registered phone: to its contact, over the flow it registered with where that is known. */
export interface BindingTarget {
  readonly target: string;
  readonly flow?: Flow;
}

/** Undefined where only a connection led there and it is gone. */
export function reachBinding(userAgent: UserAgent, binding: Binding): BindingTarget | undefined {
  const flow = userAgent.flow(binding.flowId ?? flowIdFromSource(userAgent, binding));
  if (flow?.open === true) return { target: binding.contactUri, flow };
  // A browser listens nowhere; a TCP phone may take a new connection at its contact.
  return binding.protocol === 'ws' ? undefined : { target: binding.contactUri };
}

/** After a restart, the way back through a NAT is still the pair of our socket and the phone's public address. */
function flowIdFromSource(userAgent: UserAgent, binding: Binding): string {
  const local = userAgent.addresses.find(({ protocol }) => protocol === binding.protocol);
  const host = local?.host.includes(':') === true ? `[${local.host}]` : (local?.host ?? '');
  return `${binding.protocol}:${host}:${local?.port ?? 0}-${binding.source}`;
}
