import { describe, expect, it } from 'vitest';
import { nextRoomPhase, type RoomPhase, type RoomPhaseEvent } from './room-phase.js';

describe('a room’s media', () => {
  it.each<[RoomPhase, RoomPhaseEvent, RoomPhase, string[]]>([
    ['waiting', 'enter', 'opening', ['open-media']],
    ['opening', 'media-opened', 'live', []],
    ['opening', 'media-failed', 'waiting', []],
    ['live', 'enter', 'live', []],
    ['live', 'media-lost', 'resetting', ['open-media']],
    ['resetting', 'media-opened', 'live', ['reattach-phones', 'tell-media-reset']],
    ['resetting', 'media-failed', 'resetting', ['retry-later']],
    ['resetting', 'media-lost', 'resetting', []],
    ['live', 'end', 'ended', ['close-media']],
    ['waiting', 'end', 'ended', []],
    ['ended', 'enter', 'ended', []],
    ['ended', 'end', 'ended', []],
  ])('%s, %s → %s', (phase, event, next, actions) => {
    expect(nextRoomPhase(phase, event)).toEqual({ phase: next, actions });
  });
});
