import { parseMessage } from '@carillon/sip-message';
import { expect, it } from 'vitest';
import { allowedMethods } from './allowed-methods.js';

function allowOf(lines: string): string | null {
  const result = parseMessage(Buffer.from(`REGISTER sip:example.org SIP/2.0\r\n${lines}Content-Length: 0\r\n\r\n`));
  if (!result.ok || result.message.kind !== 'request') throw new Error('No request');
  return allowedMethods(result.message);
}

it.each([
  ['nothing', '', null],
  ['an empty list', 'Allow: \r\n', null],
  ['one line', 'Allow: INVITE, ACK ,MESSAGE\r\n', 'INVITE,ACK,MESSAGE'],
  ['several lines with repeats', 'Allow: INVITE\r\nAllow: ACK, INVITE\r\n', 'INVITE,ACK'],
  ['what is no method', `Allow: INVITE, "x", ${'A'.repeat(500)}, message\r\n`, 'INVITE'],
])('of %s keeps the methods', (_, lines, expected) => {
  expect(allowOf(lines)).toBe(expected);
});

it('is bounded', () => {
  const many = Array.from({ length: 400 }, (_, index) => `M${'ABCDEFGHIJ'[index % 10]}${'K'.repeat(index % 15)}`);
  expect(allowOf(`Allow: ${many.join(',')}\r\n`)?.split(',')).toHaveLength(30);
  const names = Array.from({ length: 60 }, (_, index) => `${'A'.repeat(1 + (index % 15))}${'BCDE'[index % 4]}`);
  expect(allowOf(`Allow: ${names.join(',')}\r\n`)?.split(',')).toHaveLength(32);
});
