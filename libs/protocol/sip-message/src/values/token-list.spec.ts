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
  ['replaces,\ttimer\t,100rel', true],
  // White space is SP and HTAB alone (RFC 3261 §25.1), whatever else looks like it.
  ['replaces,\u00a0timer,100rel', false],
  ['replaces,timer\u00a0', false],
  ['\u00a0timer', false],
  ['replaces,timer\u0001,100rel', false],
  ['replaces,\u000btimer,100rel', false],
  ['replaces,\u001ftimer,100rel', false],
  ['<x>,timer\u00a0', false],
])('a list of tokens (%j) is searched as it is read', (list, has) => {
  const result = parseMessage(Buffer.from(`OPTIONS sip:a SIP/2.0\r\nSupported: other\r\nk: ${list}\r\n\r\n`));
  if (!result.ok) throw new Error('Not parsed');
  expect(result.message.lists('Supported', 'timer')).toBe(has);
  expect(result.message.tokens('Supported').includes('timer')).toBe(has);
});

it('no list of tokens has an empty one', () => {
  const result = parseMessage(Buffer.from('OPTIONS sip:a SIP/2.0\r\nSupported: a b\r\nk: a,, b\r\nk: \r\n\r\n'));
  if (!result.ok) throw new Error('Not parsed');
  expect(result.message.lists('Supported', '')).toBe(false);
  expect(result.message.tokens('Supported')).toEqual(['a b', 'a', 'b']);
});
