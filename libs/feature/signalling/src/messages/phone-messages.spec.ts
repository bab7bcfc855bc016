import { ChatMessageId, ConversationId, DeviceId, newId, OrganisationId, UserId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { SystemClock } from '@carillon/service-runtime';
import { parseMessage } from '@carillon/sip-message';
import type { IncomingRequest, ReplyOptions } from '@carillon/sip-stack';
import { afterEach, describe, expect, it } from 'vitest';
import type { Directory } from '../routing/directory.js';
import { PhoneMessages } from './phone-messages.js';

const [alice, bob] = [newId(UserId), newId(UserId)];
const person = (userId: UserId, displayName: string, extension: string) => ({
  ...{ userId, displayName, extension, mailboxId: null, disabled: false },
});
const directory: Pick<Directory, 'organisationId' | 'sipDomain' | 'numbers' | 'users' | 'devices'> = {
  devices: new Map(),
  ...{ organisationId: newId(OrganisationId), sipDomain: 'example.org' },
  numbers: new Map([
    ['1001', { kind: 'user', userId: alice }],
    ['1002', { kind: 'user', userId: bob }],
    ['1100', { kind: 'echo' }],
  ]),
  users: new Map([
    [alice, person(alice, 'Alice', '1001')],
    [bob, person(bob, 'Bob', '1002')],
  ]),
};
const device = { deviceId: newId(DeviceId), userId: alice, name: 'Desk', sipUsername: '1001', disabled: false };
const caller = {
  directory: directory as Directory,
  device: { ...device, ha1: { MD5: '', 'SHA-256': '' } },
  user: person(alice, 'Alice', '1001'),
};

const bus = createMemoryBus();
const kept: string[] = [];
const conversationId = newId(ConversationId);
bus.handle('conversation.open', ({ memberIds }) => ({
  ok: true,
  conversation: { conversationId, title: null, memberIds, lastMessage: null, unread: 0, lastReadSequence: 0 },
}));
bus.handle('chat-message.send', ({ userId, body }) => {
  kept.push(body);
  const message = { chatMessageId: newId(ChatMessageId), conversationId, sequence: 1, authorId: userId, body };
  return { ok: true, message: { ...message, sentAt: new Date().toISOString() } };
});
const messages = new PhoneMessages({
  authenticate: { check: () => Promise.resolve({ ok: true, caller }), isOwnHost: () => true },
  ...{ bus, clock: new SystemClock() },
});

interface Way {
  readonly contentType?: string;
  readonly protocol?: 'udp' | 'tcp';
}

const answers: ReplyOptions[] = [];

async function send(
  to: string,
  body: string,
  { contentType = 'text/plain', protocol = 'udp' }: Way = {},
): Promise<number> {
  const uri = to.includes(':') ? to : `sip:${to}@example.org`;
  const head = `MESSAGE ${uri} SIP/2.0\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const parsed = parseMessage(Buffer.from(head + body));
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('No request');
  let answered = 0;
  const incoming = {
    request: parsed.message,
    source: { protocol },
    reply: (status: number, options: ReplyOptions = {}) => {
      answered = status;
      answers.push(options);
    },
  };
  await messages.receive(incoming as unknown as IncomingRequest);
  return answered;
}

afterEach(() => void kept.splice(0));

describe("a phone's message", () => {
  it('becomes a chat message to whose number it is', async () => {
    expect(await send('1002', 'Hello Bob')).toBe(202);
    expect(kept).toEqual(['Hello Bob']);
  });

  it.each([
    ['1100', 'x', 'text/plain', 404],
    ['7999', 'x', 'text/plain', 404],
    ['1001', 'x', 'text/plain', 404],
    ['1002', '{}', 'application/json', 415],
    ['1002', 'x'.repeat(1301), 'text/plain', 413],
    // Nothing to read is no chat message, and is well received: whatever the contract takes for blanks.
    ['1002', '', 'text/plain', 200],
    ['1002', ' ', 'text/plain', 200],
    ['1002', ' \t\r\n', 'text/plain', 200],
    ['1002', '\u00a0\ufeff\u2003', 'text/plain', 200],
    ['1002', '\0 \0', 'text/plain', 200],
    ['1002', 'From: <im:a@b>\r\n\r\nContent-Type: text/plain\r\n\r\n ', 'message/cpim', 200],
  ])('to %s with %j as %s is answered %4$i', async (number, body, type, status) => {
    expect(await send(number, body, { contentType: type })).toBe(status);
    expect(kept).toEqual([]);
  });

  it.each([
    ['1100', 'Messages go to people'],
    ['7999', 'Nobody has this number'],
    ['1001', 'This is your own number'],
  ])('that reaches nobody says why: %s', async (number, reason) => {
    await send(number, 'x');
    expect(answers.at(-1)).toEqual({ reason });
  });

  it('may be long where it did not come in a datagram (RFC 3428 §8), as long as a chat takes it', async () => {
    expect(await send('1002', 'x'.repeat(8000), { protocol: 'tcp' })).toBe(202);
    expect(await send('1002', 'x'.repeat(8001), { protocol: 'tcp' })).toBe(413);
  });

  it('goes to a telephone number, and comes in CPIM too', async () => {
    expect(await send('tel:1002;phone-context=example.org', 'One')).toBe(202);
    const cpim = 'From: <im:alice@example.org>\r\n\r\nContent-Type: text/plain\r\n\r\nTwo';
    expect(await send('1002', cpim, { contentType: 'message/cpim' })).toBe(202);
    expect(kept).toEqual(['One', 'Two']);
  });

  it('is one too many after sixty in a minute', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 61; index += 1) statuses.push(await send('1002', `Message ${index}`));
    expect(statuses.slice(-1)).toEqual([503]);
    expect(kept.length).toBeLessThan(60);
  });
});
