import { MailboxId, newId, OrganisationId, UserId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { silentLogger } from '@carillon/service-runtime';
import type { IncomingSubscribe } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import type { Authenticate, Authentication } from '../inbound/authenticate.js';
import { LIMITS } from '../limits.js';
import { MessageLamps } from './message-lamps.js';

const userId = newId(UserId);
const mailboxId = newId(MailboxId);
const organisationId = newId(OrganisationId);

function asDevice(sipUsername: string): Authentication {
  const user = { userId, mailboxId, extension: '1001', displayName: 'One', disabled: false };
  const directory = { organisationId, sipDomain: 'one.test', numbers: new Map() };
  const caller = { directory, user, device: { sipUsername, userId } };
  return { ok: true, caller } as unknown as Authentication;
}

/** A SUBSCRIBE of that device, and what was sent in the subscription. */
function subscribe(sipUsername: string) {
  const sent: string[] = [];
  const subscription = {
    state: 'active',
    reachable: true,
    on: () => subscription,
    notify: () => Promise.resolve(void sent.push('notify')),
    terminate: (reason: string) => Promise.resolve(void sent.push(reason)),
  };
  const incoming = {
    event: { package: 'message-summary' },
    expires: 600,
    request: { uriText: `sip:${sipUsername}@one.test` },
    reply: (status: number) => void sent.push(String(status)),
    accept: () => subscription,
  };
  return { incoming: incoming as unknown as IncomingSubscribe, sent };
}

it('bounds the subscriptions to one mailbox', async () => {
  const bus = createMemoryBus();
  bus.handle('mailbox.counts', () => ({ ok: true, newCount: 0, oldCount: 0 }));
  const lamps = new MessageLamps(
    { check: () => Promise.resolve(asDevice('1001')), isOwnHost: () => true },
    bus,
    silentLogger(),
  );
  for (let count = 0; count < LIMITS.subscriptionsPerMailbox; count++)
    await lamps.receiveSubscribe(subscribe('1001').incoming);
  const last = subscribe('1001');
  await lamps.receiveSubscribe(last.incoming);
  expect(last.sent).toEqual(['503']);
  await bus.close();
});

it('ends with the device that subscribed, and leaves the user’s other phones their lamps', async () => {
  const bus = createMemoryBus();
  bus.handle('mailbox.counts', () => ({ ok: true, newCount: 0, oldCount: 0 }));
  let asking = '';
  const authenticate: Pick<Authenticate, 'check' | 'isOwnHost'> = {
    check: () => Promise.resolve(asDevice(asking)),
    isOwnHost: () => true,
  };
  const lamps = new MessageLamps(authenticate, bus, silentLogger());
  const [desk, soft] = [subscribe('1001'), subscribe('1001-2')];
  for (const [name, one] of [
    ['1001', desk],
    ['1001-2', soft],
  ] as const) {
    asking = name;
    await lamps.receiveSubscribe(one.incoming);
  }
  lamps.endOf(userId, '1001-2');
  lamps.changed({ organisationId: newId(OrganisationId), mailboxId, userId, newCount: 1, oldCount: 0 });
  expect([desk.sent, soft.sent]).toEqual([
    ['notify', 'notify'],
    ['notify', 'rejected'],
  ]);
  lamps.endOf(userId);
  expect(desk.sent.at(-1)).toBe('rejected');
  await bus.close();
});

it('ends with the mailbox, and with it only', async () => {
  const bus = createMemoryBus();
  bus.handle('mailbox.counts', () => ({ ok: true, newCount: 0, oldCount: 0 }));
  const lamps = new MessageLamps(
    { check: () => Promise.resolve(asDevice('1001')), isOwnHost: () => true },
    bus,
    silentLogger(),
  );
  const desk = subscribe('1001');
  await lamps.receiveSubscribe(desk.incoming);
  lamps.keepTo({ organisationId, mailboxes: new Map([[mailboxId, userId]]) });
  lamps.keepTo({ organisationId: newId(OrganisationId), mailboxes: new Map() });
  expect(desk.sent).toEqual(['notify']);
  lamps.keepTo({ organisationId, mailboxes: new Map() });
  lamps.keepTo({ organisationId, mailboxes: new Map() });
  expect(desk.sent).toEqual(['notify', 'noresource']);
  await bus.close();
});
