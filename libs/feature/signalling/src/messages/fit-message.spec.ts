import { expect, it } from 'vitest';
import { fitMessage } from './fit-message.js';

it('leaves what fits as it is, to the octet', () => {
  expect(fitMessage('Grüße', 7)).toBe('Grüße');
});

it('cuts between characters and says so', () => {
  expect(fitMessage('Grüße aus Köln', 12)).toBe('Grüß […]');
  expect(fitMessage('📞📞📞📞', 13)).toBe('📞 […]');
});
