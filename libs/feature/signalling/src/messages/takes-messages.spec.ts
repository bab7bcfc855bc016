import { expect, it } from 'vitest';
import { takesMessages } from './takes-messages.js';

it.each([
  ['', false],
  [';+sip.message', true],
  [';methods="INVITE, ACK,message"', true],
  [';methods="INVITE,ACK"', false],
  [';+sip.instance="<urn:uuid:1>"', false],
])('a phone with %j takes messages: %s', (contactParameters, expected) => {
  expect(takesMessages({ contactParameters })).toBe(expected);
});
