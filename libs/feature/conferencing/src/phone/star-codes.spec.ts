import type { DtmfDigit } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { NO_STAR, readStarCode, STAR_VALID_MS } from './star-codes.js';

function press(keys: readonly [DtmfDigit, number][]): (string | undefined)[] {
  let state = NO_STAR;
  return keys.map(([digit, at]) => {
    const read = readStarCode(state, digit, at);
    state = read.state;
    return read.code;
  });
}

describe('star codes', () => {
  it('are a star and a digit soon after', () => {
    expect(press([['*', 0], ['6', 500]])).toEqual([undefined, 'toggle-mute']); // prettier-ignore
    expect(press([['*', 0], ['5', 500]])).toEqual([undefined, 'toggle-hand']); // prettier-ignore
  });
  it('are not digits alone, nor too late, nor after another key', () => {
    expect(press([['6', 0]])).toEqual([undefined]);
    expect(press([['*', 0], ['6', STAR_VALID_MS + 1]]).at(-1)).toBeUndefined(); // prettier-ignore
    expect(press([['*', 0], ['1', 10], ['6', 20]]).at(-1)).toBeUndefined(); // prettier-ignore
  });
  it('count the last star', () => {
    expect(press([['*', 0], ['*', 5000], ['6', 5100]]).at(-1)).toBe('toggle-mute'); // prettier-ignore
  });
});
