import type { Calls } from '../call/calls.js';
import type { Refusal } from '../inbound/authenticate.js';
import { LIMITS } from '../limits.js';
import type { OverloadGuard } from './overload-guard.js';
import type { ShedLog } from './shed-log.js';

export interface SheddingParts {
  readonly calls: Pick<Calls, 'size' | 'settingUp'>;
  readonly shed: Pick<ShedLog, 'note'>;
  readonly overload: Pick<OverloadGuard, 'admit' | 'admitForHelp'>;
}

/**
 * Why a new call is not taken now (RFC 3261 §21.5.4), asked before anything is spent on it.
 * @param begun its caller was asked for credentials before
 * @param forHelp it calls for help, which comes first (RFC 7339 §5.10.1); asked only where any other call is turned away
 */
export function shedCall(
  { calls, overload, shed }: SheddingParts,
  { begun, forHelp }: { readonly begun: boolean; readonly forHelp: () => boolean },
): Refusal | undefined {
  const isFull = calls.size >= LIMITS.calls;
  const admission = isFull ? undefined : overload.admit({ begun });
  if (admission?.ok === true) return undefined;
  if (calls.size < LIMITS.calls + LIMITS.forHelp.calls && forHelp() && overload.admitForHelp()) return undefined;
  if (admission === undefined) {
    shed.note('full');
    return { status: 503, options: { reason: 'Too many calls', headers: { 'Retry-After': '10' } } };
  }
  shed.note(calls.settingUp > LIMITS.callsSettingUp ? 'waiting' : 'slow');
  const headers = { 'Retry-After': String(admission.retryAfterSeconds) };
  return { status: 503, options: { reason: 'Overloaded', headers } };
}
