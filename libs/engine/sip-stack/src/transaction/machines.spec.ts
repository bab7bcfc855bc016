import { describe, expect, it } from 'vitest';
import { INVITE_CLIENT } from './invite-client.machine.js';
import { INVITE_SERVER } from './invite-server.machine.js';
import { NON_INVITE_CLIENT } from './non-invite-client.machine.js';
import { NON_INVITE_SERVER } from './non-invite-server.machine.js';

/**
 * Every (state, event) pair of the four machines, as RFC 3261 figures 5 to 8 and RFC 6026 draw them:
 * `next: actions`, or `-` when nothing happens.
 */
const EXPECTED = {
  INVITE_CLIENT: `
    calling provisional       proceeding: stopTimers deliver
    calling success           accepted: stopTimers startTimerM deliver
    calling failure           completed: stopTimers sendAck startTimerD deliver
    calling timerA            calling: resend startTimerA
    calling timerB            terminated: stopTimers informTimeout
    calling timerD            -
    calling timerM            -
    calling transportError    terminated: stopTimers informTransportError
    calling flowClosed        terminated: stopTimers informTransportError
    proceeding provisional    proceeding: deliver
    proceeding success        accepted: startTimerM deliver
    proceeding failure        completed: sendAck startTimerD deliver
    proceeding timerA         -
    proceeding timerB         -
    proceeding timerD         -
    proceeding timerM         -
    proceeding transportError -
    proceeding flowClosed     terminated: stopTimers informTransportError
    completed provisional     -
    completed success         -
    completed failure         completed: sendAck
    completed timerA          -
    completed timerB          -
    completed timerD          terminated: stopTimers
    completed timerM          -
    completed transportError  terminated: stopTimers informTransportError
    completed flowClosed      terminated: stopTimers
    accepted provisional      -
    accepted success          accepted: deliver
    accepted failure          -
    accepted timerA           -
    accepted timerB           -
    accepted timerD           -
    accepted timerM           terminated: stopTimers
    accepted transportError   -
    accepted flowClosed       -`,
  NON_INVITE_CLIENT: `
    trying provisional        proceeding: deliver
    trying final              completed: stopTimers startTimerK deliver
    trying timerE             trying: resend startTimerE
    trying timerF             terminated: stopTimers informTimeout
    trying timerK             -
    trying transportError     terminated: stopTimers informTransportError
    trying flowClosed         terminated: stopTimers informTransportError
    proceeding provisional    proceeding: deliver
    proceeding final          completed: stopTimers startTimerK deliver
    proceeding timerE         proceeding: resend slowTimerE
    proceeding timerF         terminated: stopTimers informTimeout
    proceeding timerK         -
    proceeding transportError terminated: stopTimers informTransportError
    proceeding flowClosed     terminated: stopTimers informTransportError
    completed provisional     -
    completed final           -
    completed timerE          -
    completed timerF          -
    completed timerK          terminated: stopTimers
    completed transportError  -
    completed flowClosed      -`,
  INVITE_SERVER: `
    proceeding request        proceeding: resend
    proceeding ack            -
    proceeding provisional    proceeding: stopTimers send
    proceeding success        accepted: stopTimers send startTimerL
    proceeding failure        completed: stopTimers send startTimerG startTimerH
    proceeding timer100       proceeding: sendTrying
    proceeding timerG         -
    proceeding timerH         -
    proceeding timerI         -
    proceeding timerL         -
    proceeding transportError proceeding: informTransportError
    accepted request          -
    accepted ack              -
    accepted provisional      -
    accepted success          accepted: send
    accepted failure          -
    accepted timer100         -
    accepted timerG           -
    accepted timerH           -
    accepted timerI           -
    accepted timerL           terminated: stopTimers
    accepted transportError   accepted: informTransportError
    completed request         completed: resend
    completed ack             confirmed: stopTimers startTimerI
    completed provisional     -
    completed success         -
    completed failure         -
    completed timer100        -
    completed timerG          completed: resend startTimerG
    completed timerH          terminated: stopTimers informNoAck
    completed timerI          -
    completed timerL          -
    completed transportError  completed: informTransportError
    confirmed request         -
    confirmed ack             -
    confirmed provisional     -
    confirmed success         -
    confirmed failure         -
    confirmed timer100        -
    confirmed timerG          -
    confirmed timerH          -
    confirmed timerI          terminated: stopTimers
    confirmed timerL          -
    confirmed transportError  -`,
  NON_INVITE_SERVER: `
    trying request            -
    trying provisional        proceeding: stopTimers send startTimerUnanswered
    trying final              completed: stopTimers send startTimerJ
    trying timer100           proceeding: sendTrying startTimerUnanswered
    trying timerUnanswered    -
    trying timerJ             -
    trying transportError     trying: informTransportError
    proceeding request        proceeding: resend
    proceeding provisional    proceeding: send
    proceeding final          completed: stopTimers send startTimerJ
    proceeding timer100       -
    proceeding timerUnanswered terminated: stopTimers informUnanswered
    proceeding timerJ         -
    proceeding transportError proceeding: informTransportError
    completed request         completed: resend
    completed provisional     -
    completed final           -
    completed timer100        -
    completed timerUnanswered -
    completed timerJ          terminated: stopTimers
    completed transportError  completed: informTransportError`,
};

const MACHINES = { INVITE_CLIENT, NON_INVITE_CLIENT, INVITE_SERVER, NON_INVITE_SERVER } as const;

type Cells = Record<string, Record<string, { next: string; actions: readonly string[] }>>;

describe.each(Object.entries(MACHINES))('%s', (name, machine) => {
  const table = machine as Cells;
  const rows = EXPECTED[name as keyof typeof EXPECTED]
    .trim()
    .split('\n')
    .map((line) => /^\s*(\w+) (\w+)\s+(.*)$/.exec(line) ?? [])
    .map(([, state = '', event = '', cell = '']) => ({ state, event, cell }));

  it.each(rows)('$state + $event → $cell', ({ state, event, cell }) => {
    const { next, actions } = table[state]?.[event] ?? { next: 'missing', actions: [] };
    const written = actions.length === 0 && next === state ? '-' : `${next}: ${actions.join(' ')}`;
    expect(written).toBe(cell);
  });

  it('has no pair that is not listed, and stays terminated', () => {
    const pairs = Object.entries(table).flatMap(([state, events]) =>
      Object.keys(events).map((event) => [state, event]),
    );
    for (const [state = '', event = ''] of pairs) {
      if (state === 'terminated') expect(table[state]?.[event]).toEqual({ next: 'terminated', actions: [] });
      else expect(rows.some((row) => row.state === state && row.event === event)).toBe(true);
    }
  });
});
