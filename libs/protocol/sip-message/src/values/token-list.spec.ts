import { expect, it } from 'vitest';
import { parseMessage } from '../message/parse-message.js';

it.each([
  ['timer', true],
  ['replaces, TIMER ,100rel', true],
  ['replaces,timer', true],
  ['timers, xtimer', false],
  ['x timer', false],
  ['timer;q=1', false],
  ['', false],
  ['"a, timer, b"', false],
  ['<timer>, timer', true],
  ['timers,timer', true],
])('a list of tokens (%s) is searched as it is read', (list, has) => {
  const result = parseMessage(Buffer.from(`OPTIONS sip:a SIP/2.0\r\nSupported: other\r\nk: ${list}\r\n\r\n`));
  if (!result.ok) throw new Error('Not parsed');
  expect(result.message.lists('Supported', 'timer')).toBe(has);
  expect(result.message.tokens('Supported').includes('timer')).toBe(has);
});
