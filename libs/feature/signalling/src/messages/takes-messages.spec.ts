import { expect, it } from 'vitest';
import { takesMessages } from './takes-messages.js';

it.each([
  ['', null, 'unknown'],
  [';+sip.message', 'INVITE', 'yes'],
  [';methods="INVITE, ACK,message"', null, 'yes'],
  [';methods="INVITE,ACK"', 'INVITE,MESSAGE', 'no'],
  [';+sip.instance="<urn:uuid:1>"', null, 'unknown'],
  [';+sip.instance="<urn:uuid:1>"', 'INVITE,ACK,MESSAGE,REFER', 'yes'],
  ['', 'INVITE,ACK,BYE', 'no'],
] as const)('a phone with %j and Allow %j takes messages: %s', (contactParameters, allow, expected) => {
  expect(takesMessages({ contactParameters, allow })).toBe(expected);
});
