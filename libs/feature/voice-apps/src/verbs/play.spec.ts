import type { DtmfDigit } from '@carillon/domain';
import { ManualClock } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { DigitQueue } from '../line/digit-queue.js';
import { text } from '../line/say.js';
import { play } from './play.js';
import type { VerbContext } from './verb.js';

const never = new AbortController().signal;

/** A line on which a key comes while the words are made into sound. @returns what was played there */
async function pressedMeanwhile(
  key: DtmfDigit | undefined,
  bargeIn: boolean,
): Promise<{ end: string; played: number }> {
  const digits = new DigitQueue(new ManualClock());
  let played = 0;
  const line = {
    digits,
    play: () => {
      played += 1;
      return Promise.resolve('finished' as const);
    },
  };
  const speaker = {
    sources: () => {
      if (key !== undefined) digits.push(key);
      return Promise.resolve([{ kind: 'file' as const, path: '/words.wav' }]);
    },
  };
  const end = await play([text('Dial')], bargeIn, { line, speaker } as unknown as VerbContext, never);
  return { end, played };
}

describe('what is said up to the first key', () => {
  it('is not begun where the key comes before the sound', async () => {
    expect(await pressedMeanwhile('7', true)).toEqual({ end: 'dtmf', played: 0 });
  });

  it('is said where none comes, or where keys do not matter', async () => {
    expect(await pressedMeanwhile(undefined, true)).toEqual({ end: 'finished', played: 1 });
    expect(await pressedMeanwhile('7', false)).toEqual({ end: 'finished', played: 1 });
  });
});
