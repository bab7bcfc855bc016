import { describe, expect, it } from 'vitest';
import { readInfoKey } from './take-info-keys.js';

describe('readInfoKey', () => {
  it.each([
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', { digit: '5', durationMs: 160 }],
    ['application/dtmf-relay', 'Signal= #\r\n', { digit: '#' }],
    ['application/dtmf-relay', 'signal=10\nduration=0', { digit: '*' }],
    ['application/dtmf', '7', { digit: '7' }],
    ['application/dtmf', ' d \r\n', { digit: 'D' }],
    ['application/dtmf', '77', undefined],
    ['application/dtmf-relay', 'Duration=160', undefined],
    ['text/plain', '5', undefined],
    [undefined, '', undefined],
    ['application/dtmf', ' '.repeat(300) + '7', undefined],
  ])('%s %j', (contentType, body, key) => {
    expect(readInfoKey(contentType, body)).toEqual(key);
  });

  it('spends no time on a body of blank lines', () => {
    const begun = performance.now();
    expect(readInfoKey('application/dtmf-relay', '\n'.repeat(60_000))).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
