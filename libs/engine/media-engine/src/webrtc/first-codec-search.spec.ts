import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CarriedStream } from './carry-stream.js';
import { FirstCodecSearch } from './first-codec-search.js';

const CODECS = 3;
/** Of G.711, with all that is around it. */
const PACKET_OCTETS = 214;

type Transport = ConstructorParameters<typeof FirstCodecSearch>[0];

let octets = 0;
let tries = 0;
let search: FirstCodecSearch;
let speaking: NodeJS.Timeout | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  [octets, tries] = [0, 0];
  const transport = {
    closed: false,
    dtlsState: 'connected',
    getStats: () => Promise.resolve([{ bytesReceived: octets }]),
  };
  search = new FirstCodecSearch(transport as unknown as Transport, () => {
    tries += 1;
    search.follow(stream(), CODECS);
  });
});
afterEach(() => {
  search.stop();
  clearInterval(speaking);
  vi.useRealTimers();
});

const stream = (begun = false): CarriedStream => ({ ssrc: 1, begun, close: () => Promise.resolve() });

function speak(): void {
  speaking = setInterval(() => (octets += PACKET_OCTETS), 20);
}

it('goes to the next codec within a third of a second of packets that begin no stream', async () => {
  speak();
  search.follow(stream(), CODECS);
  await vi.advanceTimersByTimeAsync(333);
  expect(tries).toBe(1);
});

it('does not take for media of a new stream what came before there was one', async () => {
  search.follow(stream(), CODECS);
  await vi.advanceTimersByTimeAsync(300);
  search.follow(stream(true), CODECS);
  octets += 500_000;
  await vi.advanceTimersByTimeAsync(5000);
  search.follow(stream(), CODECS);
  await vi.advanceTimersByTimeAsync(5000);
  expect(tries).toBe(0);
});

it('tries ever more rarely once each codec was tried twice in vain, and anew when something else is agreed', async () => {
  speak();
  search.follow(stream(), CODECS);
  await vi.advanceTimersByTimeAsync(1900);
  expect(tries).toBe(2 * CODECS);
  await vi.advanceTimersByTimeAsync(100_000);
  tries = 0;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(tries).toBe(20);
  tries = 0;
  search.startAfresh();
  search.follow(stream(), CODECS);
  await vi.advanceTimersByTimeAsync(1900);
  expect(tries).toBe(2 * CODECS);
});
