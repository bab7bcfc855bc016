import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { parseMessage } from '../message/parse-message.js';
import { ownText } from './own-text.js';

const MESSAGES = 4_000;

function invite(number: number): Buffer {
  const head = [
    'INVITE sip:b@b.example SIP/2.0',
    `X-Pad: ${'p'.repeat(1500)}`,
    `Call-ID: 0123456789abcdefghij-${number}@a.example`,
    'Content-Length: 0',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
}

/** Octets of heap that each of many kept Call-IDs takes. */
function octetsKept(own: boolean): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const heap = (): number => {
    if (typeof collect === 'function') for (let round = 0; round < 3; round++) Reflect.apply(collect, undefined, []);
    return process.memoryUsage().heapUsed;
  };
  const kept = Array.from({ length: MESSAGES }, () => '');
  const before = heap();
  for (let number = 0; number < MESSAGES; number++) {
    const result = parseMessage(invite(number));
    const callId = (result.ok ? result.message.callId : undefined) ?? '';
    kept[number] = own ? ownText(callId) : callId;
  }
  const octets = (heap() - before) / MESSAGES;
  expect(kept[7]).toBe('0123456789abcdefghij-7@a.example');
  return octets;
}

it('a text that is kept lets its message go', () => {
  expect(octetsKept(true)).toBeLessThan(300);
  // What it is for: otherwise the head stays, up to the last line that routing reads.
  expect(octetsKept(false)).toBeGreaterThan(1000);
});
