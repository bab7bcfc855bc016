import { expect, it } from 'vitest';
import type { Flow } from '../api/flow.js';
import type { WayToPeer } from '../api/way-to-peer.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { RFC_3261_TIMERS } from '../timers.js';
import { whenBack } from './when-back.js';

const T64 = 64 * RFC_3261_TIMERS.t1;
const flow = (open: boolean): Flow => ({ id: 'tcp:a:1-b:2', open, send: () => undefined }) as unknown as Flow;

/** A peer whose way comes and goes as a test wants. */
function peer() {
  const clock = new VirtualClock();
  const waiting = new Set<() => void>();
  const state: { way: Flow | undefined } = { way: undefined };
  const way: WayToPeer = {
    find: () => state.way,
    awaitAnother: (found) => {
      waiting.add(found);
      return () => void waiting.delete(found);
    },
  };
  const came: (string | undefined)[] = [];
  whenBackAs(way);
  function whenBackAs(of: WayToPeer): void {
    whenBack({ clock, timers: RFC_3261_TIMERS }, of, (found) => came.push(found?.id));
  }
  const tell = (): void => [...waiting].forEach((found) => found());
  return { clock, waiting, state, came, tell, again: () => whenBackAs(way) };
}

it('a way that is there already is taken at once', () => {
  const { state, came, again } = peer();
  state.way = flow(true);
  again();
  expect(came).toEqual(['tcp:a:1-b:2']);
});

it('a way that comes is taken once, and nothing waits any more', async () => {
  const { clock, waiting, state, came, tell } = peer();
  tell();
  state.way = flow(false);
  tell();
  expect(came).toEqual([]);
  state.way = flow(true);
  tell();
  tell();
  expect(came).toEqual(['tcp:a:1-b:2']);
  expect([waiting.size, clock.pending]).toEqual([0, 0]);
  await clock.advance(T64 * 2);
  expect(came).toHaveLength(1);
});

it('nobody waits for longer than 64 T1', async () => {
  const { clock, waiting, came } = peer();
  await clock.advance(T64 - 1);
  expect(came).toEqual([]);
  await clock.advance(2);
  expect(came).toEqual([undefined]);
  expect([waiting.size, clock.pending]).toEqual([0, 0]);
});
