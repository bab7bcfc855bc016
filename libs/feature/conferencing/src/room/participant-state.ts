/**
 * ```text
 *  lobby ──admit──▶ entered
 *    │                 │
 *    └── leave, remove, lose, end ──▶ gone (with the reason that others are told)
 * ```
 */
export type ParticipantState = 'lobby' | 'entered' | 'gone';
export type ParticipantEvent = 'admit' | 'leave' | 'remove' | 'lose' | 'end';
export type LeaveReason = 'left' | 'removed' | 'denied' | 'room-ended' | 'lost';

export type ParticipantStep =
  { readonly state: 'lobby' | 'entered' } | { readonly state: 'gone'; readonly reason: LeaveReason };

const TABLE: Readonly<Record<Exclude<ParticipantState, 'gone'>, Partial<Record<ParticipantEvent, ParticipantStep>>>> = {
  lobby: {
    admit: { state: 'entered' },
    leave: { state: 'gone', reason: 'left' },
    remove: { state: 'gone', reason: 'denied' },
    lose: { state: 'gone', reason: 'lost' },
    end: { state: 'gone', reason: 'room-ended' },
  },
  entered: {
    leave: { state: 'gone', reason: 'left' },
    remove: { state: 'gone', reason: 'removed' },
    lose: { state: 'gone', reason: 'lost' },
    end: { state: 'gone', reason: 'room-ended' },
  },
};

/** @returns undefined where the event means nothing in that state */
export function nextParticipantState(state: ParticipantState, event: ParticipantEvent): ParticipantStep | undefined {
  return state === 'gone' ? undefined : TABLE[state][event];
}
