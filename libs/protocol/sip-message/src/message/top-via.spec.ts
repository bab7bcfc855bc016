import { expect, it } from 'vitest';
import { parseMessage } from './parse-message.js';
import { isSentBy } from './top-via.js';

it.each([
  ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9', '192.0.2.1:5060', true],
  ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9', '192.0.2.1:506', false],
  ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9', '192.0.2.1', false],
  ['SIP/2.0/UDP [2001:DB8::1]:5060;branch=z9', '[2001:db8::1]:5060', true],
  ['SIP/2.0/UDP [::1]:5060', '[::1]:5060', true],
  // Nobody sent what cannot be read, whatever it begins with.
  ['SIP/2.0/UDP [::1]:5060;@branch=z<9', '[::1]:5060', false],
  ['SIP/2.0/UDP a b:5060', 'a b:5060', false],
  ['SIP/2.0/UDP a:99999', 'a:99999', false],
  ['SIP/2.0/UDP ', '', false],
])('who sent %j is %s: %s, as the getter says', (via, sentBy, is) => {
  const result = parseMessage(Buffer.from(`SIP/2.0 200 OK\r\nVia: ${via}\r\n\r\n`));
  if (!result.ok) throw new Error(JSON.stringify(result));
  expect([isSentBy(result.message, sentBy), result.message.sentBy === sentBy]).toEqual([is, is]);
});
