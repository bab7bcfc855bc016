import { setImmediate as turnEnds } from 'node:timers/promises';
import type { SipMessage } from '@carillon/sip-message';
import { expect, it } from 'vitest';
import { DatagramTurn } from './datagram-turn.js';
import type { SipFlow } from './sip-flow.js';

const message = (name: string): SipMessage => ({ name }) as unknown as SipMessage;
const flow = {} as SipFlow;

function bench() {
  const told: string[] = [];
  const turn: DatagramTurn = new DatagramTurn({
    message: (one) => {
      const { name } = one as unknown as { name: string };
      told.push(name);
      if (name === 'last') turn.close();
      // What is put off by one of them waits for all.
      void Promise.resolve().then(() => told.push(`after ${name}`));
    },
  });
  return { turn, told };
}

it('hands up what a turn has read at its end, together and in its order', async () => {
  const { turn, told } = bench();
  turn.add(message('a'), flow);
  turn.add(message('b'), flow);
  expect(told).toEqual([]);
  await turnEnds();
  expect(told).toEqual(['a', 'b', 'after a', 'after b']);
  turn.add(message('c'), flow);
  await turnEnds();
  expect(told.slice(4)).toEqual(['c', 'after c']);
});

it('hands up nothing once it is closed, also by one of its own messages', async () => {
  const { turn, told } = bench();
  turn.add(message('last'), flow);
  turn.add(message('late'), flow);
  await turnEnds();
  expect(told).toEqual(['last', 'after last']);
});
