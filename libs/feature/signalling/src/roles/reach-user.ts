import type { ProxyTarget, UserAgent } from '@carillon/sip-stack';
import type { Binding } from '../registrar/binding.js';
import { chooseFlows } from '../registrar/choose-flows.js';
import { reachBinding } from '../registrar/reach-binding.js';

/** A registered phone and the way to it. */
export interface ReachablePhone {
  readonly binding: Binding;
  readonly target: ProxyTarget;
}

/**
 * The phones of a user that can be reached, the most wanted first; of a phone's several flows the newest that is there.
 * @param secure for a `sips:` URI
 */
export function reachUser(
  userAgent: Pick<UserAgent, 'flow' | 'addresses'>,
  bindings: readonly Binding[],
  secure: boolean,
): ReachablePhone[] {
  const wanted = bindings.toSorted((left, right) => right.q - left.q);
  return chooseFlows(wanted).flatMap((flows) => {
    for (const binding of flows) {
      const reach = reachBinding(userAgent, binding, secure);
      if (reach === undefined) continue;
      const { target: uri, ...way } = reach;
      return [{ binding, target: { uri, q: binding.q, ...way } }];
    }
    return [];
  });
}
