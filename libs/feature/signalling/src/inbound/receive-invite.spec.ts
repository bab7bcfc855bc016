import { parseUri } from '@carillon/sip-message';
import type { IncomingInvite } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import { receiveInvite, type InviteParts } from './receive-invite.js';

/** What a stranger's INVITE is answered with while the server is overloaded. */
async function answered(uriText: string): Promise<number> {
  const nothing = (): void => undefined;
  const parts = {
    authenticate: {
      knownDirectoryOf: () => undefined,
      directoryOf: () => undefined,
      check: () => ({ ok: false, status: 401 }),
    },
    overload: { admit: () => ({ ok: false, retryAfterSeconds: 2 }), admitForHelp: () => true },
    shed: { note: nothing },
    recognise: {
      trunks: { isPeer: () => false, from: () => [] },
      directories: { known: () => undefined, ofDomain: () => Promise.resolve(undefined) },
    },
    call: {
      calls: { size: 0, settingUp: 0 },
      ladders: { noteInvite: nothing },
      figures: { refusedInvites: { inc: nothing } },
    },
  } as unknown as InviteParts;
  const statuses: number[] = [];
  const invite = {
    request: { uriText, uri: parseUri(uriText), to: undefined, has: () => false, header: () => undefined },
    source: { address: '192.0.2.1', protocol: 'udp' },
    reject: (status: number) => void statuses.push(status),
  } as unknown as IncomingInvite;
  await receiveInvite(parts, invite);
  return statuses[0] ?? 0;
}

it.each([
  ['sip:1002@acme.example', 503],
  ['sip:112@acme.example', 401],
  ['urn:service:sos', 401],
])('in overload %s gets %i: help comes first', async (uri, status) => {
  expect(await answered(uri)).toBe(status);
});
