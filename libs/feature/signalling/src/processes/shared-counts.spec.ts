import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { ManualClock } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { MessageRate } from '../border/message-rate.js';
import { SourceBook } from '../border/source-book.js';
import { FailureLimiter } from '../inbound/failure-limiter.js';
import { placeOf } from './place.js';
import { SharedCounts } from './shared-counts.js';

const COUNT = 3;
const SOURCE = '203.0.113.7';

/** One process as far as it counts. */
function open(own: number, { bus, clock }: { bus: Bus; clock: ManualClock }) {
  const counts = new SharedCounts({ bus, clock, place: placeOf({ worker: own, workers: COUNT }) });
  const limiter = new FailureLimiter(clock, (what, key) => counts.tell(what, key));
  const book = new SourceBook(undefined, (what, source, points) => counts.tell(what, source, points));
  const rate = new MessageRate();
  const starts: number[] = [];
  counts.begin({ limiter, book, rate });
  counts.useTrunks({ learnStarts: (_, count) => void starts.push(count) });
  return { counts, limiter, book, rate, starts };
}

function openAll() {
  const bus = createMemoryBus();
  const clock = new ManualClock();
  const processes = Array.from({ length: COUNT }, (_, own) => open(own, { bus, clock }));
  const told = async (): Promise<void> => {
    clock.advance(250);
    await bus.settled();
  };
  return { bus, clock, processes, told };
}

it('holds a guesser back in every process, after as many tries as one alone would allow', async () => {
  const { processes, told } = openAll();
  const attempt = (number: number) => ({ source: SOURCE, account: `${number}@acme.example` });
  let tries = 0;
  for (; tries < 100; tries++) {
    // Another Call-ID each time, and with it another process.
    const process = processes[tries % COUNT];
    if (process?.limiter.isHeldBack(attempt(tries)) === true) break;
    process?.limiter.failed(attempt(tries));
    await told();
  }
  expect(tries).toBe(11);
  for (const { limiter } of processes) expect(limiter.isHeldBack(attempt(1000))).toBe(true);
});

it('knows a device everywhere that was right in one process: nobody else holds it back', async () => {
  const { processes, told } = openAll();
  const [first, second, third] = processes;
  const good = { source: SOURCE, account: 'desk@acme.example' };
  first?.limiter.succeeded(good);
  for (let tries = 0; tries < 20; tries++) second?.limiter.failed({ source: SOURCE, account: `${tries}@acme.example` });
  await told();
  expect(third?.limiter.isHeldBack(good)).toBe(false);
  expect(third?.limiter.isHeldBack({ ...good, account: 'other@acme.example' })).toBe(true);
});

it('adds up the points of a source, and bans it where it does the last thing; what forgives it forgives it everywhere', async () => {
  const { processes, clock, told } = openAll();
  const note = (own: number) =>
    processes[own]?.book.note(SOURCE, 'wrong-credentials', { domain: null, now: clock.now() });
  const bans: number[] = [];
  for (let tries = 0; tries < 20 && bans.length === 0; tries++) {
    if (note(tries % COUNT) !== undefined) bans.push(tries);
    await told();
  }
  // 8 points each; a little has faded meanwhile.
  expect(bans).toEqual([12]);

  const { processes: others, told: toldToo } = openAll();
  others[0]?.book.note(SOURCE, 'wrong-credentials', { domain: null, now: 0 });
  await toldToo();
  expect(others.map(({ book }) => book.size.suspects)).toEqual([1, 1, 1]);
  others[2]?.book.forgive(SOURCE);
  await toldToo();
  expect(others.map(({ book }) => book.size.suspects)).toEqual([0, 0, 0]);
});

it('bounds the messages of a source over all processes', async () => {
  const { processes, clock, told } = openAll();
  const limit = { perSecond: 100, burst: 100 };
  let admitted = 0;
  const seconds = 20;
  for (let quarter = 0; quarter < seconds * 4; quarter++) {
    for (let message = 0; message < 300; message++)
      if (processes[message % COUNT]?.rate.take(SOURCE, limit, clock.now()) === true) admitted += 1;
    await told();
  }
  // Each fills anew and owes what the others let in: never three times as much.
  expect(admitted).toBeLessThan(seconds * 100 * 1.3 + 3 * 100);
  expect(admitted).toBeGreaterThan(seconds * 100 * 0.5);
});

it('counts starts over a trunk everywhere, and says nothing where there is but one process', async () => {
  const { processes, told } = openAll();
  for (let start = 0; start < 3; start++) processes[0]?.counts.tell('trunk-starts', 'trunk');
  await told();
  expect(processes.map(({ starts }) => starts)).toEqual([[], [3], [3]]);

  const bus = createMemoryBus();
  const clock = new ManualClock();
  const published: unknown[] = [];
  bus.subscribe('signalling.counted', (event) => void published.push(event));
  const alone = new SharedCounts({ bus, clock, place: placeOf(undefined) });
  alone.begin({ limiter: new FailureLimiter(clock), book: new SourceBook(), rate: new MessageRate() });
  alone.tell('messages', SOURCE, 100);
  clock.advance(10_000);
  await bus.settled();
  expect(published).toEqual([]);
});
