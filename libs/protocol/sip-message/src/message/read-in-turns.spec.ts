import { expect, it } from 'vitest';
import { checkMandatoryHeaders } from './check-mandatory-headers.js';
import { parseMessage } from './parse-message.js';
import type { SipMessage, SipRequest } from './sip-message.js';
import { hasOneVia, isSentBy } from './top-via.js';

function parse(text: string): SipRequest {
  const result = parseMessage(Buffer.from(text));
  if (!result.ok || result.message.kind !== 'request') throw new Error(JSON.stringify(result));
  return result.message;
}

const request = (name: string, pad: number): string =>
  [
    `OPTIONS sip:${name}@192.0.2.1:5060;transport=udp SIP/2.0`,
    `X-Pad: ${name.repeat(pad)}`,
    `v: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK-${name}`,
    'Max-Forwards:  70',
    `Route: <sip:${name}.example;lr>`,
    `To: <sip:${name}@example.com>`,
    `From: "${name}" <sip:${name}@example.com>;tag=tag-of-${name}`,
    `Call-ID: call-of-${name}`,
    `CSeq: ${name.length} OPTIONS`,
    `Contact: <sip:${name}@192.0.2.2>`,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');

/** Everything that is read from octets. */
const READERS: readonly ((message: SipMessage) => unknown)[] = [
  (message) => message.branch,
  (message) => message.sentBy,
  (message) => message.returnPath,
  (message) => message.topRoute,
  (message) => message.fromTag,
  (message) => message.toTag,
  (message) => message.cseq,
  (message) => message.callId,
  (message) => message.header('Contact'),
  (message) => message.glance('X-Pad'),
  (message) => message.kind === 'request' && message.maxForwards,
  (message) => message.kind === 'request' && message.uri,
  (message) => message.lineEnd(4),
  (message) => hasOneVia(message),
  (message) => isSentBy(message, '192.0.2.1:5060'),
  (message) => checkMandatoryHeaders(message),
];

// The second is longer than what is copied whole, and each may have lines of nothing in front.
it.each(['', '\r\n\r\n'])('messages that are read by turns are read as what they are (in front: %j)', (front) => {
  const texts = [request('alice', 1), request('bob-the-second', 900)].map((text) => front + text);
  for (const read of READERS) {
    const expected = texts.map((text) => read(parse(text)));
    const messages = texts.map(parse);
    for (const turn of [0, 1, 0]) {
      const message = messages[turn];
      if (message !== undefined) expect(read(message)).toEqual(expected[turn]);
    }
  }
});
