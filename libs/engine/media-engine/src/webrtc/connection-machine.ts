/**
 * How far a WebRTC connection is.
 *
 * ```text
 * idle ──expected──> connecting ──ICE and DTLS up──> connected <──ICE and DTLS up── idle
 *                            │  time is up, DTLS failed      │ consent lost, DTLS failed
 *                            └────────────> lost <───────────┤
 *                                             ▲   time is up │ DTLS closed by the other side
 *                                             └── leaving <──┘
 * ```
 * Who closes DTLS also sends BYE: `leaving` gives the BYE time to arrive, so that the call ends as hung up.
 */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'leaving' | 'lost';

export type ConnectionEvent = 'expected' | 'up' | 'ice-lost' | 'dtls-failed' | 'dtls-closed' | 'time-up';

/** `start-*` and `stop` act on the one timer; `tell-*` say that the endpoint is lost, and why. */
export type ConnectionAction =
  'start-connect-timer' | 'start-leave-timer' | 'stop-timer' | 'tell-not-connected' | 'tell-connection-lost';

interface Step {
  readonly next: ConnectionState;
  readonly action: ConnectionAction;
}

const NOT_CONNECTED: Step = { next: 'lost', action: 'tell-not-connected' };
const LOST: Step = { next: 'lost', action: 'tell-connection-lost' };

const TABLE: Readonly<Record<ConnectionState, Partial<Readonly<Record<ConnectionEvent, Step>>>>> = {
  idle: {
    expected: { next: 'connecting', action: 'start-connect-timer' },
    up: { next: 'connected', action: 'stop-timer' },
    'dtls-failed': NOT_CONNECTED,
    'dtls-closed': { next: 'leaving', action: 'start-leave-timer' },
  },
  connecting: {
    up: { next: 'connected', action: 'stop-timer' },
    'dtls-failed': NOT_CONNECTED,
    'dtls-closed': { next: 'leaving', action: 'start-leave-timer' },
    'time-up': NOT_CONNECTED,
  },
  connected: {
    'ice-lost': LOST,
    'dtls-failed': LOST,
    'dtls-closed': { next: 'leaving', action: 'start-leave-timer' },
  },
  leaving: { 'time-up': LOST },
  lost: {},
};

/** Undefined where the event changes nothing. */
export function nextConnection(state: ConnectionState, event: ConnectionEvent): Step | undefined {
  return TABLE[state][event];
}
