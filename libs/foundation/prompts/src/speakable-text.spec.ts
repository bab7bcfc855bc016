import { describe, expect, it } from 'vitest';
import { sayDigits, speakableText } from './speakable-text.js';

describe('speakableText', () => {
  it.each([
    ['You have 2 new messages.', 'You have 2 new messages.'],
    ['Extension 1002.', 'Extension 1, 0, 0, 2.'],
    ['Room 042', 'Room 0, 4, 2'],
    ['at 14:35 or 9:05 PM', 'at 14:35 or 9:05 PM'],
    ['It costs 1,250.75 now', 'It costs 1,250.75 now'],
    ['Press # or *97.', 'Press pound or star 97.'],
    ['Call +4930123456', 'Call plus 4, 9, 3, 0, 1, 2, 3, 4, 5, 6'],
    ['Zoë Müller & Søren Groß', 'Zoe Muller and Soren Gross'],
    ['two\nlines\u0000\u0007 <b>here</b>', 'two lines b here /b'],
    ['Мария', ''],
    ['  … ', ''],
  ])('%j is spoken as %j', (text, spoken) => expect(speakableText(text)).toBe(spoken));
});

describe('sayDigits', () => {
  it.each([
    ['97', '9, 7'],
    ['*97', 'star 9, 7'],
    ['1002', '1, 0, 0, 2'],
  ])('%j is read as %j', (number, spoken) => expect(sayDigits(number)).toBe(spoken));
});
