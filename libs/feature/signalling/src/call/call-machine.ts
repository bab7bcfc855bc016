/**
 * ```text
 * routing --ring--> ringing --answer--> answered
 *    |---answer---------------------------^ |
 *    `--end--> ended <--end-- (any) <-------'
 * ```
 * `ring` once answered changes nothing: a caller who is led on hears ringing, the call stays answered.
 */
export const CALL_TRANSITIONS = {
  routing: { ring: 'ringing', answer: 'answered', end: 'ended' },
  ringing: { ring: 'ringing', answer: 'answered', end: 'ended' },
  answered: { ring: 'answered', answer: 'answered', end: 'ended' },
  ended: { ring: 'ended', answer: 'ended', end: 'ended' },
} as const;

export type CallStateName = keyof typeof CALL_TRANSITIONS;
export type CallInput = 'ring' | 'answer' | 'end';

export function nextCallState(state: CallStateName, input: CallInput): CallStateName {
  return CALL_TRANSITIONS[state][input];
}

/**
 * ```text
 * trying --ring--> ringing --answer--> answered --end--> ended
 * ```
 */
export const LEG_TRANSITIONS = {
  trying: { ring: 'ringing', answer: 'answered', end: 'ended' },
  ringing: { ring: 'ringing', answer: 'answered', end: 'ended' },
  answered: { ring: 'answered', answer: 'answered', end: 'ended' },
  ended: { ring: 'ended', answer: 'ended', end: 'ended' },
} as const;

export type LegStateName = keyof typeof LEG_TRANSITIONS;

export function nextLegState(state: LegStateName, input: CallInput): LegStateName {
  return LEG_TRANSITIONS[state][input];
}
