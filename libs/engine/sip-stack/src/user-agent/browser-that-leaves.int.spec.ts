import { afterEach, beforeEach, expect, it } from 'vitest';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { UserAgent } from '../api/user-agent.js';
import { rawClient } from '../testing/raw-clients.js';
import { SDP } from '../testing/test-bed.js';
import { createUserAgent } from './create-user-agent.js';

const HOST = '127.0.0.1';
let agent: UserAgent;

beforeEach(async () => {
  agent = await createUserAgent({ listen: [{ protocol: 'ws', host: HOST, port: 0 }] });
});
afterEach(async () => {
  await agent.close();
});

function invite(branch: string): string {
  return [
    'INVITE sip:bob@carillon.example SIP/2.0',
    `Via: SIP/2.0/WS client.invalid;branch=z9hG4bK${branch}`,
    'From: <sip:a@client.example>;tag=1',
    'To: <sip:bob@carillon.example>',
    `Call-ID: ${branch}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:a@client.invalid;transport=ws>',
    'Content-Type: application/sdp',
    `Content-Length: ${SDP.length}`,
    '',
    SDP,
  ].join('\r\n');
}

it('a browser that leaves while its call rings has given it up: nothing leads back to it', async () => {
  const ringing = new Promise<IncomingInvite>((resolve) => agent.on('invite', resolve));
  const client = await rawClient({ protocol: 'ws', host: HOST, port: agent.addresses[0]?.port ?? 0 });
  client.send(invite('leaves'));
  const incoming = await ringing;
  incoming.progress(180);
  await client.hears(/^SIP\/2\.0 180/m);
  const cancelled = new Promise<void>((resolve) => incoming.onCancelled(() => resolve()));
  client.close();
  await cancelled;
  expect(incoming.state).toBe('failed');
  await expect.poll(() => agent.stats().dialogs).toBe(0);
});
