import { ownText, type SipRequest } from '@carillon/sip-message';
import { allowedMethods } from './allowed-methods.js';
import type { Binding, RegisteredTimes } from './binding.js';
import type { Extensions } from './register-extensions.js';
import type { RegistrationPolicy } from './registration-policy.js';

/** What came, besides the request itself. */
export interface RefreshFacts {
  readonly flowId: string;
  readonly policy: RegistrationPolicy;
  readonly extensions: Extensions;
  readonly now: number;
}

export type RefreshMatch =
  | { readonly kind: 'refresh'; readonly binding: Binding; readonly times: RegisteredTimes }
  /** The very request that made the binding what it is: it gets the same answer again (RFC 3261 §8.2.7). */
  | { readonly kind: 'repeated'; readonly binding: Binding }
  /** Something changes: it has to be planned, and written down. */
  | { readonly kind: 'change' };

const CHANGE: RefreshMatch = { kind: 'change' };

/**
 * Whether a REGISTER only renews a binding: the same contact to the letter, over the same flow, for no shorter time. Reads
 * as little of the request as it can: nearly all REGISTERs are of this kind. Pure.
 * @param bindings the device's present ones
 */
export function matchRefresh(request: SipRequest, bindings: readonly Binding[], facts: RefreshFacts): RefreshMatch {
  if (bindings.length === 0 || request.count('Contact') !== 1) return CHANGE;
  const text = request.glance('Contact');
  const binding = bindings.find((one) => one.contactText === text && one.flowId === facts.flowId);
  if (binding === undefined || !isSamePath(request, binding, facts)) return CHANGE;
  const { callId = '', cseq } = request;
  if (cseq === undefined || changesGruus(binding, callId, facts.extensions)) return CHANGE;
  // What a phone is able to do changes with its software, for which it starts anew.
  if (binding.callId !== callId && allowedMethods(request) !== binding.allow) return CHANGE;
  const branchHash = hashBranch(request);
  if (binding.callId === callId && cseq.sequence <= binding.cseq)
    return cseq.sequence === binding.cseq && binding.branchHash === branchHash ? { kind: 'repeated', binding } : CHANGE;
  const { policy, now } = facts;
  const seconds = binding.contactExpires ?? request.expires ?? policy.defaultSeconds;
  if (seconds < policy.minimumSeconds) return CHANGE;
  const expiresAt = now + Math.min(seconds, policy.maximumSeconds) * 1000;
  if (expiresAt < binding.expiresAt) return CHANGE;
  return {
    kind: 'refresh',
    binding,
    times: {
      // What is kept is a text of its own: one that is cut from a message keeps its whole head in memory.
      callId: binding.callId === callId ? binding.callId : ownText(callId),
      cseq: cseq.sequence,
      branchHash,
      registeredAt: now,
      expiresAt,
    },
  };
}

function isSamePath(request: SipRequest, { path }: Binding, { policy, extensions }: RefreshFacts): boolean {
  if (!request.has('Path')) return path.length === 0;
  if (!extensions.path && policy.unaskedPath === 'refuse') return false;
  const now = request.values('Path');
  return now.length === path.length && now.every((value, index) => value === path[index]);
}

/** An instance's temporary GRUUs hang on the Call-ID (RFC 5627 §5.1). */
function changesGruus({ gruuId, instance, callId }: Binding, newCallId: string, { gruu }: Extensions): boolean {
  return gruuId === null ? gruu && instance !== null : callId !== newCallId;
}

/** FNV-1a over the branch of the top Via; 0 is left for "not known". */
export function hashBranch(request: SipRequest): number {
  const branch = request.branch ?? '';
  let hash = 2_166_136_261;
  for (let at = 0; at < branch.length; at++) hash = Math.imul(hash ^ branch.charCodeAt(at), 16_777_619);
  return hash >>> 0 || 1;
}
