import { describe, expect, it } from 'vitest';
import { PROXY_BRANCH } from './branch.machine.js';
import { chooseResponse } from './choose-response.js';
import { buildFlowToken, parseFlowToken } from './flow-token.js';
import { redirection } from './redirect.js';
import { TargetSet } from './target-set.js';

/** Every (state, event) pair of a branch (RFC 3261 §16.7, §16.8, §9.1), `-` when nothing happens. */
const BRANCH = `
  trying trying             proceeding:
  trying provisional        proceeding: startTimerC forward
  trying success            done: stopTimerC forward
  trying failure            done: stopTimerC collect
  trying timeout            done: stopTimerC collectTimeout
  trying transportError     done: stopTimerC collectUnreachable
  trying timerC             done: abandon collectTimeout
  trying cancel             waiting:
  waiting trying            cancelling: sendCancel awaitCancelled
  waiting provisional       cancelling: sendCancel awaitCancelled
  waiting success           done: stopTimerC forward
  waiting failure           done: stopTimerC collect
  waiting timeout           done: stopTimerC collectTimeout
  waiting transportError    done: stopTimerC collectUnreachable
  waiting timerC            done: abandon collectTimeout
  waiting cancel            -
  proceeding trying         -
  proceeding provisional    proceeding: startTimerC forward
  proceeding success        done: stopTimerC forward
  proceeding failure        done: stopTimerC collect
  proceeding timeout        done: stopTimerC collectTimeout
  proceeding transportError done: stopTimerC collectUnreachable
  proceeding timerC         cancelling: sendCancel awaitCancelled
  proceeding cancel         cancelling: sendCancel awaitCancelled
  cancelling trying         -
  cancelling provisional    -
  cancelling success        done: stopTimerC forward
  cancelling failure        done: stopTimerC collect
  cancelling timeout        done: stopTimerC collectTimeout
  cancelling transportError done: stopTimerC collectUnreachable
  cancelling timerC         done: abandon collectTimeout
  cancelling cancel         -
  done trying               -
  done provisional          -
  done success              done: forward
  done failure              -
  done timeout              -
  done transportError       -
  done timerC               -
  done cancel               -`;

it('a branch does in every state what the RFC wants, and nothing else', () => {
  const written = Object.entries(PROXY_BRANCH).flatMap(([state, events]) =>
    Object.entries(events).map(([event, { next, actions }]) => {
      const cell = next === state && actions.length === 0 ? '-' : `${next}: ${actions.join(' ')}`;
      return `${state} ${event} ${cell}`.trim();
    }),
  );
  const wanted = BRANCH.trim().split('\n');
  expect(written).toEqual(wanted.map((line) => line.trim().replace(/\s+/g, ' ')));
});

describe('the best response (§16.7 item 6)', () => {
  it.each([
    [[486, 603, 404], 603],
    [[404, 302], 302],
    [[408, 486], 486],
    [[404, 407], 407],
    [[503, 500], 500],
    [[503, 404], 404],
    [[503], 503],
    [[487, 480], 480],
    [[500, 486], 486],
    [[486, 404], 486],
  ])('of %j is %i', (statuses, best) => {
    expect(chooseResponse(statuses.map((status) => ({ status })))?.status).toBe(best);
  });

  it('of none is none', () => {
    expect(chooseResponse([])).toBeUndefined();
  });
});

describe('targets', () => {
  const uris = (targets: readonly { uri: string }[]): string[] => targets.map(({ uri }) => uri);

  it('are tried by q, each once, and no more at a time than the breadth allows', () => {
    const set = new TargetSet(
      [{ uri: 'a', q: 0.1 }, { uri: 'b' }, { uri: 'c' }, { uri: 'b' }, { uri: 'd', q: 0.5 }, { uri: 'e' }],
      false,
    );
    expect(uris(set.next(2))).toEqual(['b', 'c']);
    expect(uris(set.next(2))).toEqual(['e']);
    expect(set.add([{ uri: 'b' }, { uri: 'f', q: 0.5 }])).toBe(1);
    expect(uris(set.next(60))).toEqual(['d', 'f']);
    expect(uris(set.next(60))).toEqual(['a']);
    expect(set.empty).toBe(true);
  });

  it('are tried one by one where that is wanted, and are bounded', () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ uri: String(at) }));
    const set = new TargetSet(many, true);
    let count = 0;
    while (!set.empty) count += set.next(60).length;
    expect(count).toBe(100);
  });
});

it('flow tokens come back as the ids of their flows, and nothing else is one', () => {
  const flow = { protocol: 'tcp', localPort: 5060, remoteAddress: '2001:db8::7', remotePort: 40_001 } as const;
  const token = buildFlowToken({ caller: flow, callee: undefined });
  expect(parseFlowToken(token)).toEqual({ caller: 'tcp:0.0.0.0:5060-[2001:db8::7]:40001', callee: '' });
  for (const text of ['', 'alice', '.', 'x.y', '0.zzz']) expect(parseFlowToken(text)).toBeUndefined();
});

it('redirections name the best contact first, and nobody is 480 (§8.3)', () => {
  const { status, headers } = redirection(
    [
      { uri: 'sip:b@h', q: 0.25 },
      { uri: 'sip:a@h', q: 1, expiresSeconds: 60 },
    ],
    302,
  );
  expect(status).toBe(302);
  expect(headers).toEqual([
    ['Contact', '<sip:a@h>;q=1;expires=60'],
    ['Contact', '<sip:b@h>;q=0.25'],
  ]);
  expect(redirection([], 302)).toEqual({ status: 480, headers: [] });
});
