import { reasonPhrase } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { CallOutcomeName } from './call.js';

/** Why nobody took a call; the words of the voicemail greeting. */
export type FailureKind = 'declined' | 'busy' | 'no-answer' | 'unreachable';

export interface CallFailure {
  readonly kind: FailureKind;
  /** For the caller, where the call was not answered yet. */
  readonly sipStatus: number;
  /** In words, e.g. "Busy Here". */
  readonly reason: string;
  /** What the refusal said beside its status, for the caller. */
  readonly headers?: HeaderFields;
  /** Nobody refused it: there was no answer, or no way to ask. */
  readonly isUnheard?: boolean;
  /** It was sent on to where we do not follow: nobody has said anything of who is called. */
  readonly isSentOn?: boolean;
}

/** How a kind of failure reads in the history. */
export const OUTCOME_OF_FAILURE: Readonly<Record<FailureKind, CallOutcomeName>> = {
  declined: 'declined',
  busy: 'busy',
  'no-answer': 'missed',
  unreachable: 'missed',
};

export const NO_ANSWER: CallFailure = { kind: 'no-answer', sipStatus: 480, reason: 'No answer' };
export const NOT_REGISTERED: CallFailure = { kind: 'unreachable', sipStatus: 480, reason: 'Not registered' };
/** Nobody who is called can be reached by TLS alone (RFC 5630 §5.3). @param agent who warns */
export const sipsNotAllowed = (agent: string): CallFailure => ({
  ...{ kind: 'unreachable', sipStatus: 480, reason: 'SIPS Not Allowed' },
  headers: { Warning: `380 ${agent} "SIPS Not Allowed"` },
});
/** Who asks for TLS on the last hop, by a `sips:` contact, cannot be reached so (RFC 5630 §5.3). @param agent who warns */
export const sipsRequired = (agent: string): Pick<CallFailure, 'reason' | 'headers'> => ({
  reason: 'SIPS Required',
  headers: { Warning: `381 ${agent} "SIPS Required"` },
});
export const TOO_MANY_CALLS: CallFailure = { kind: 'busy', sipStatus: 486, reason: 'Too many calls' };

/** What a device's refusal means. @param rang whether it had rung before */
export function failureOfStatus(status: number, rang: boolean): CallFailure {
  const reason = reasonPhrase(status);
  if (status === 603 || status === 607 || status === 608) return { kind: 'declined', sipStatus: 603, reason };
  if (status === 486 || status === 600) return { kind: 'busy', sipStatus: 486, reason };
  if (status === 488 || status === 606 || status === 415) return { kind: 'unreachable', sipStatus: 488, reason };
  if (status === 483) return { kind: 'unreachable', sipStatus: 483, reason };
  if (rang) return NO_ANSWER;
  return { kind: 'unreachable', sipStatus: 480, reason };
}

/**
 * The same for the other side of a trunk: callers hear its own status, since it speaks for one party alone. But for a 3xx that was not
 * followed: a phone that followed it by itself would call servers that its organisation has no line to.
 */
export function failureOfTrunk(status: number, rang: boolean): CallFailure {
  const reason = reasonPhrase(status);
  if (isRedirection(status)) return { kind: 'unreachable', sipStatus: 480, reason, isSentOn: true };
  return { ...failureOfStatus(status, rang), sipStatus: status, reason };
}

/** RFC 3261 §21.3 */
export function isRedirection(status: number): boolean {
  return status >= 300 && status < 400;
}

/**
 * The one failure that stands for all (in the spirit of RFC 3261 §16.7 item 6): busy tells the caller more than silence,
 * silence more than an unreachable device; declined only counts where nobody did anything else.
 */
export function worstCommonFailure(failures: readonly CallFailure[]): CallFailure {
  for (const kind of ['busy', 'no-answer', 'declined', 'unreachable'] as const) {
    const found = failures.find((failure) => failure.kind === kind);
    if (found !== undefined) return found;
  }
  return NOT_REGISTERED;
}

/** Codes of refusals on the bus as SIP statuses, mapped here only. */
export function statusOfCode(code: string): number {
  switch (code) {
    case 'MEDIA.NOT_ACCEPTABLE':
    case 'MEDIA.TRANSPORT_NOT_ACCEPTABLE':
      return 488;
    case 'MEDIA.BAD_SDP':
      return 400;
    case 'ROOM.NOT_FOUND':
    case 'CALL.NO_ROUTE':
      return 404;
    // Nobody is wrong, and we are not overloaded: the phone is not there now (RFC 3261 §21.4.18).
    case 'CALL.UNREACHABLE':
      return 480;
    case 'ROOM.FULL':
      return 486;
    default:
      return 503;
  }
}
