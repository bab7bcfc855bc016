import { describe, expect, it } from 'vitest';
import { nextConnection, type ConnectionEvent, type ConnectionState } from './connection-machine.js';

const STATES: readonly ConnectionState[] = ['idle', 'connecting', 'connected', 'leaving', 'lost'];
const EVENTS: readonly ConnectionEvent[] = ['expected', 'up', 'ice-lost', 'dtls-failed', 'dtls-closed', 'time-up'];

/** Every pair; a dash changes nothing. */
const EXPECTED: Readonly<Record<ConnectionState, readonly string[]>> = {
  idle: [
    'connecting start-connect-timer',
    'connected stop-timer',
    '-',
    'lost tell-not-connected',
    'leaving start-leave-timer',
    '-',
  ],
  connecting: [
    '-',
    'connected stop-timer',
    '-',
    'lost tell-not-connected',
    'leaving start-leave-timer',
    'lost tell-not-connected',
  ],
  connected: ['-', '-', 'lost tell-connection-lost', 'lost tell-connection-lost', 'leaving start-leave-timer', '-'],
  leaving: ['-', '-', '-', '-', '-', 'lost tell-connection-lost'],
  lost: ['-', '-', '-', '-', '-', '-'],
};

describe('the states of a WebRTC connection', () => {
  it.each(STATES.flatMap((state) => EVENTS.map((event, index) => [state, event, EXPECTED[state][index]] as const)))(
    '%s, %s → %s',
    (state, event, expected) => {
      const step = nextConnection(state, event);
      expect(step === undefined ? '-' : `${step.next} ${step.action}`).toBe(expected);
    },
  );
});
