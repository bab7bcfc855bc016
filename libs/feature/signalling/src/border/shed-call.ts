import type { Calls } from '../call/calls.js';
import type { Refusal } from '../inbound/authenticate.js';
import { LIMITS } from '../limits.js';
import type { OverloadGuard } from './overload-guard.js';
import type { ShedLog } from './shed-log.js';

export interface SheddingParts {
  readonly calls: Pick<Calls, 'size' | 'settingUp'>;
  readonly shed: Pick<ShedLog, 'note'>;
  readonly overload: Pick<OverloadGuard, 'admit'>;
}

/**
 * Why a new call is not taken now (RFC 3261 §21.5.4), asked before anything is spent on it.
 * @param begun its caller was asked for credentials before
 */
export function shedCall({ calls, overload, shed }: SheddingParts, begun: boolean): Refusal | undefined {
  if (calls.size >= LIMITS.calls) {
    shed.note('full');
    return { status: 503, options: { reason: 'Too many calls', headers: { 'Retry-After': '10' } } };
  }
  const admission = overload.admit({ begun });
  if (admission.ok) return undefined;
  shed.note(calls.settingUp > LIMITS.callsSettingUp ? 'waiting' : 'slow');
  const headers = { 'Retry-After': String(admission.retryAfterSeconds) };
  return { status: 503, options: { reason: 'Overloaded', headers } };
}
