import { parseMessage } from '@carillon/sip-message';
import { expect, it } from 'vitest';
import { partyFromTrunk } from './claimed-identity.js';

function partyFrom(from: string): ReturnType<typeof partyFromTrunk> {
  const head = [
    'INVITE sip:1001@h SIP/2.0',
    'Via: SIP/2.0/UDP h;branch=z9hG4bKa',
    `From: ${from};tag=a`,
    'To: <sip:1001@h>',
    'Call-ID: a',
    'CSeq: 1 INVITE',
  ];
  const parsed = parseMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n`));
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error(from);
  return partyFromTrunk(parsed.message, false);
}

it.each([
  ['"Ann" <sip:+493012345@h>', '+493012345', 'Ann'],
  ['"+493012345" <sip:+493012345@h>', '+493012345', null],
  // RFC 3261 §25.1 lets a quoted string hold any of ASCII, and an escape any octet.
  ['"A\\\0n\\\u0007n" <sip:+4930%0012345@h>', '+493012345', 'Ann'],
  [`"${'x'.repeat(79)}📞" <sip:1@h>`, '1', 'x'.repeat(79)],
  ['<sip:anonymous@anonymous.invalid>', '', null],
  ['<sip:%00anonymous%0a@h>', '', null],
  ['"Ann" <sip:%00@h>', '', null],
  ['"\\\0" <sip:1@h>', '1', null],
  ['"\\\x071" <sip:1@h>', '1', null],
])('%j over a trunk is shown as %j, %j', (from, number, name) => {
  expect(partyFrom(from)).toEqual({ number, name, userId: null });
});
