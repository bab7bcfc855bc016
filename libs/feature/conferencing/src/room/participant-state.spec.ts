import { describe, expect, it } from 'vitest';
import { nextParticipantState } from './participant-state.js';

describe('a participant', () => {
  it('is admitted once, and from the lobby only', () => {
    expect(nextParticipantState('lobby', 'admit')).toEqual({ state: 'entered' });
    expect(nextParticipantState('entered', 'admit')).toBeUndefined();
    expect(nextParticipantState('gone', 'admit')).toBeUndefined();
  });

  it('goes once, with the reason that fits where it was', () => {
    expect(nextParticipantState('lobby', 'remove')).toEqual({ state: 'gone', reason: 'denied' });
    expect(nextParticipantState('entered', 'remove')).toEqual({ state: 'gone', reason: 'removed' });
    expect(nextParticipantState('entered', 'end')).toEqual({ state: 'gone', reason: 'room-ended' });
    expect(nextParticipantState('entered', 'lose')).toEqual({ state: 'gone', reason: 'lost' });
    expect(nextParticipantState('gone', 'leave')).toBeUndefined();
  });
});
