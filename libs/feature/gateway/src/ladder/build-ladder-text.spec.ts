import { expect, it } from 'vitest';
import { buildLadderText } from './build-ladder-text.js';
import { exampleLadder, exampleMessage } from './example-ladder.js';

const EXPLANATION = { headline: 'Alice called Bob', steps: [] };

it.each([
  ['192.0.2.1', '192.0.2.9', 'UDP 192.0.2.1:5060 -> 192.0.2.9:16500'],
  ['2001:db8::1', '2001:db8::9', 'UDP [2001:db8::1]:5060 -> [2001:db8::9]:16500'],
])('a message from %s says where it crossed', (from, to, expected) => {
  const message = exampleMessage({
    start: 'INVITE sip:bob@example.org SIP/2.0',
    remote: { address: from, port: 5060 },
    local: { address: to, port: 16_500 },
  });
  expect(buildLadderText(exampleLadder([message]), EXPLANATION)).toContain(expected);
});
