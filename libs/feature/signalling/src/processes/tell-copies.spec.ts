import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { ManualClock } from '@carillon/service-runtime';
import { beforeEach, expect, it } from 'vitest';
import { placeOf } from './place.js';
import { CopyTeller, type Copied } from './tell-copies.js';

interface Thing {
  readonly key: string;
  mark: number;
  /** Nobody could do anything with it now. */
  stuck?: boolean;
}

let bus: Bus;
let clock: ManualClock;
let things: Thing[];
let told: string[];
let teller: CopyTeller<Thing>;

function copied({ key, mark, stuck }: Thing): Copied {
  return { key, mark, copy: () => (stuck === true ? undefined : { copy: { key }, goesOn: mark > 1 }) };
}

async function after(ms: number): Promise<string[]> {
  clock.advance(ms);
  await bus.settled();
  return told.splice(0);
}

beforeEach(async () => {
  bus = createMemoryBus();
  clock = new ManualClock();
  things = [];
  told = [];
  bus.subscribe('signalling.copied', ({ anew, kept, gone }) => {
    const texts = kept.map(({ key, goesOn }) => (goesOn ? key.toUpperCase() : key));
    told.push(`${anew ? 'anew ' : ''}+${texts.join()} -${gone.join()}`);
  });
  const place = placeOf({ worker: 1, workers: 2 });
  const source = { all: () => things, copied: (one: Thing) => (things.includes(one) ? copied(one) : undefined) };
  teller = new CopyTeller<Thing>({ bus, place, clock }, 'calls', source);
  await after(0);
});

it('tells each second what has changed, once, and what can be copied no more', async () => {
  const [a, b]: [Thing, Thing] = [
    { key: 'a', mark: 1 },
    { key: 'b', mark: 1, stuck: true },
  ];
  things = [a, b];
  expect(await after(1000)).toEqual(['+a -']);
  b.stuck = false;
  a.mark = 2;
  expect(await after(1000)).toEqual(['+A,b -']);
  Object.assign(a, { mark: 3, stuck: true });
  expect(await after(1000)).toEqual(['+ -a']);
  a.stuck = false;
  expect(await after(1000)).toEqual(['+A -']);
  expect(await after(5000)).toEqual([]);
  things = [b];
  expect(await after(1000)).toEqual(['+ -a']);
  teller.close();
  things = [];
  expect(await after(5000)).toEqual([]);
});

it('tells what matters at once, and what comes within a moment together', async () => {
  const [a, b, c]: Thing[] = ['a', 'b', 'c'].map((key) => ({ key, mark: 1 })) as Thing[];
  if (a === undefined || b === undefined || c === undefined) throw new Error('Three were made');
  things = [a, b, c];
  for (const one of things) teller.soon(one);
  expect(await after(20)).toEqual([]);
  a.mark = 2;
  teller.now(a);
  expect(await after(0)).toEqual(['+A -']);
  // It was over before anybody had to be told.
  things = [a, b];
  expect(await after(30)).toEqual(['+b -']);
  teller.now(a);
  teller.soon(b);
  expect(await after(5000)).toEqual([]);
});

it('begins anew: what was told in its place before counts no more', async () => {
  things = [{ key: 'a', mark: 2 }];
  const place = placeOf({ worker: 1, workers: 2 });
  teller = new CopyTeller<Thing>({ bus, place, clock }, 'calls', { all: () => things, copied });
  expect(await after(0)).toEqual(['anew +A -']);
});
