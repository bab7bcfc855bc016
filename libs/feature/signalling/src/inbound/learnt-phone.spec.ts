import { DeviceId, newId, OrganisationId } from '@carillon/domain';
import { parseMessage } from '@carillon/sip-message';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { ownedBy } from './learnt-phone.js';

const PHONES = 4_000;
const owner = { organisationId: newId(OrganisationId), deviceId: newId(DeviceId) };

function register(number: number) {
  const head = [
    'REGISTER sip:a.example SIP/2.0',
    `User-Agent: Old Desk Phone 1.0.${number}`,
    `X-Pad: ${'p'.repeat(1500)}`,
    'To: <sip:desk@a.example>',
    'Call-ID: 1',
    'Content-Length: 0',
  ];
  const parsed = parseMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n`));
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('Not a request');
  return parsed.message;
}

it('what is kept of a phone lets the message go that it was learnt from', () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const heap = (): number => {
    if (typeof collect === 'function') for (let round = 0; round < 3; round++) Reflect.apply(collect, undefined, []);
    return process.memoryUsage().heapUsed;
  };
  const source = { protocol: 'udp', address: '192.0.2.7', port: 5060 } as const;
  const kept: unknown[] = Array.from({ length: PHONES });
  const before = heap();
  for (let number = 0; number < PHONES; number++) kept[number] = ownedBy(owner, { request: register(number), source });
  expect((heap() - before) / PHONES).toBeLessThan(700);
  expect(kept[7]).toMatchObject({ ...owner, address: '192.0.2.7', userAgent: 'Old Desk Phone 1.0.7' });
});
