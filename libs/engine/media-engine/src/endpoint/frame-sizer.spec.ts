import { expect, it } from 'vitest';
import { FrameSizer, opusPacketMs } from './frame-sizer.js';

const frameOf = (first: number): Int16Array => Int16Array.from({ length: 320 }, (_, index) => first + index);

/** Length, first sample and time of what three frames of 20 ms become. */
function sized(frameMs: number): (readonly [number, number, number])[] {
  const sent: (readonly [number, number, number])[] = [];
  const sizer = new FrameSizer(frameMs, 16_000, (frame, atMs) => sent.push([frame.length, frame[0] ?? -1, atMs]));
  for (const step of [0, 1, 2]) sizer.push(frameOf(step * 1000), 5000 + step * 20);
  return sent;
}

it('joins frames of 20 ms to longer ones, and cuts them to shorter ones', () => {
  expect(sized(60)).toEqual([[960, 0, 5000]]);
  expect(sized(40)).toEqual([[640, 0, 5000]]);
  expect(sized(10)).toEqual([
    [160, 0, 5000],
    [160, 160, 5010],
    [160, 1000, 5020],
    [160, 1160, 5030],
    [160, 2000, 5040],
    [160, 2160, 5050],
  ]);
});

it('forgets what waits for the rest of its frame when nothing comes', () => {
  const sent: number[] = [];
  const sizer = new FrameSizer(40, 16_000, (frame, atMs) => sent.push(frame[0] ?? -1, frame[320] ?? -1, atMs));
  sizer.push(frameOf(1), 0);
  sizer.push(null, 500);
  sizer.push(frameOf(2), 520);
  expect(sent).toEqual([0, 2, 500]);
});

it.each([
  [5, 10],
  [10, 10],
  [19, 10],
  [20, 20],
  [30, 20],
  [40, 40],
  [50, 40],
  [60, 60],
  [120, 60],
])('who likes %i ms of Opus gets %i', (liked, packetMs) => expect(opusPacketMs(liked)).toBe(packetMs));
