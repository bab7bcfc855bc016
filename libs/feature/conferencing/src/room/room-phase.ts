/**
 * A room's media, as conferencing knows it.
 *
 * ```text
 *            enter                media-opened
 *  waiting ────────▶ opening ─────────────────▶ live
 *     ▲                 │ media-failed            │ media-lost
 *     └─────────────────┘                         ▼
 *                     media-opened ┌────────── resetting ◀─┐
 *                       (to live) ◀┘                 └─────┘ media-failed (tried again)
 *  end, from anywhere ▶ ended
 * ```
 */
export type RoomPhase = 'waiting' | 'opening' | 'live' | 'resetting' | 'ended';
export type RoomPhaseEvent = 'enter' | 'media-opened' | 'media-failed' | 'media-lost' | 'end';
export type RoomPhaseAction = 'open-media' | 'reattach-phones' | 'tell-media-reset' | 'retry-later' | 'close-media';

export interface RoomPhaseStep {
  readonly phase: RoomPhase;
  readonly actions: readonly RoomPhaseAction[];
}

const TABLE: Readonly<Record<RoomPhase, Partial<Record<RoomPhaseEvent, RoomPhaseStep>>>> = {
  waiting: {
    enter: { phase: 'opening', actions: ['open-media'] },
    end: { phase: 'ended', actions: [] },
  },
  opening: {
    'media-opened': { phase: 'live', actions: [] },
    'media-failed': { phase: 'waiting', actions: [] },
    end: { phase: 'ended', actions: ['close-media'] },
  },
  live: {
    'media-lost': { phase: 'resetting', actions: ['open-media'] },
    end: { phase: 'ended', actions: ['close-media'] },
  },
  resetting: {
    'media-opened': { phase: 'live', actions: ['reattach-phones', 'tell-media-reset'] },
    'media-failed': { phase: 'resetting', actions: ['retry-later'] },
    end: { phase: 'ended', actions: ['close-media'] },
  },
  ended: {},
};

/** What an event leads to; an event that means nothing in this phase changes nothing. */
export function nextRoomPhase(phase: RoomPhase, event: RoomPhaseEvent): RoomPhaseStep {
  return TABLE[phase][event] ?? { phase, actions: [] };
}
