import { newId, OrganisationId } from '@carillon/domain';
import { silentLogger, SystemClock } from '@carillon/service-runtime';
import type { TappedMessage } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import { EntryLog } from './entry-log.js';
import { OctetBlocks } from './octet-blocks.js';
import { RefusedInvites } from './refused-invites.js';

const INVITE = [
  'INVITE sip:1001@example.org SIP/2.0',
  'Via: SIP/2.0/UDP phone.invalid;branch=z9hG4bK1',
  'Max-Forwards: 70',
  'From: <sip:scanner@example.org>;tag=1',
  'To: <sip:1001@example.org>',
  'Call-ID: one',
  'CSeq: 1 INVITE',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

it.each([
  ['192.0.2.7', '192.0.2.7:5070'],
  ['2001:db8::7', '[2001:db8::7]:5070'],
])('a refused INVITE from %s says its source as host and port are written', async (remoteAddress, source) => {
  const organisationId = newId(OrganisationId);
  const parts = {
    clock: new SystemClock(),
    logger: silentLogger(),
    organisationOf: () => Promise.resolve(organisationId),
  };
  const log = new EntryLog(new OctetBlocks());
  const flow = { protocol: 'udp', localAddress: '::', localPort: 5060, remoteAddress, remotePort: 5070 };
  const message = { direction: 'in', flow, bytes: Buffer.from(INVITE) } as unknown as TappedMessage;
  log.addMessage(message, { at: 0, order: 0 }, 'one');
  const found = await new RefusedInvites(parts).judge({ sipCallId: 'one', openedAt: 0, log, refusal: 403 });
  expect(found).toMatchObject({ organisationId, source });
});
