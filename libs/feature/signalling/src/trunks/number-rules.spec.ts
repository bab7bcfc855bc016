import { describe, expect, it } from 'vitest';
import { dialledBy, sameNumber } from './number-rules.js';

const rules = [
  { pattern: '112', strip: 0, prepend: '' },
  { pattern: '0XX.', strip: 1, prepend: '+49' },
  { pattern: '9.', strip: 1, prepend: '' },
  { pattern: '+.', strip: 0, prepend: '' },
];

describe('dialledBy', () => {
  it.each([
    ['112', '112'],
    ['1122', undefined],
    ['030123', '+4930123'],
    ['03', undefined],
    ['9', undefined],
    ['9030', '030'],
    ['+44123', '+44123'],
    ['+', undefined],
    ['+44x', undefined],
    ['', undefined],
  ])('%s goes out as %s', (number, expected) => expect(dialledBy(rules, number)).toBe(expected));
});

describe('sameNumber', () => {
  it('does not mind how an international number begins', () => {
    expect(sameNumber('+4930123', '004930123')).toBe(true);
    expect(sameNumber('+4930123', '4930123')).toBe(true);
    expect(sameNumber('+4930123', '4930124')).toBe(false);
  });
});
