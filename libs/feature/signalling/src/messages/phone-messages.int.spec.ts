import { ChatMessageId, ConversationId, newId } from '@carillon/domain';
import type { IncomingRequest } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import type { Phone } from '../testing/phone.js';
import { until, useSignalling } from '../testing/signalling-bench.js';

const bench = useSignalling(16_080);

const message = (phone: Phone, number: string, body: string, contentType = 'text/plain') =>
  phone.userAgent.request({
    method: 'MESSAGE',
    target: `sip:${number}@${bench.organisation.domain}`,
    route: ['sip:127.0.0.1:16080;lr'],
    from: phone.address,
    credentials: { username: '1001', password: 'pw-1001' },
    contentType,
    body,
  });

describe('a message outside a call', () => {
  it('from a phone becomes a chat message; what cannot be said so is refused', async () => {
    const conversationId = newId(ConversationId);
    const sent: string[] = [];
    bench.bus.handle('conversation.open', ({ memberIds }) => ({
      ok: true,
      conversation: { conversationId, title: null, memberIds, lastMessage: null, unread: 0, lastReadSequence: 0 },
    }));
    bench.bus.handle('chat-message.send', ({ userId, body }) => {
      sent.push(body);
      const sentAt = new Date().toISOString();
      const chatMessageId = newId(ChatMessageId);
      return { ok: true, message: { chatMessageId, conversationId, sequence: 1, authorId: userId, body, sentAt } };
    });
    const alice = await bench.phone('1001');
    expect((await message(alice, '1002', 'Hello Bob')).status).toBe(202);
    expect(sent).toEqual(['Hello Bob']);
    expect((await message(alice, '7999', 'x')).status).toBe(404);
    expect((await message(alice, '1002', '{}', 'application/json')).status).toBe(415);
    expect(sent).toHaveLength(1);
  });

  it('from the chat reaches the phones of the other that take messages', async () => {
    const { domain } = bench.organisation;
    const bob = await takingMessages('1002', (incoming) => incoming.reply(200));
    chat('1002', 'Lunch?');
    const received = await until('the message', () => bob.last('MESSAGE'));
    expect([received.bodyText, received.from?.uri]).toEqual(['Lunch?', `sip:1001@${domain}`]);
  });

  it('from the chat waits for no other phone, though that one has gone and says nothing', async () => {
    const gone = await takingMessages('1002', () => undefined);
    const carol = await takingMessages('1003', (incoming) => incoming.reply(200));
    chat('1002', 'Lunch?');
    await until('the silent phone to be asked', () => gone.last('MESSAGE'));
    chat('1003', 'And you?');
    expect((await until('the message', () => carol.last('MESSAGE'))).bodyText).toBe('And you?');
  });
});

/** A registered phone that says that it takes messages. */
async function takingMessages(extension: string, take: (incoming: IncomingRequest) => void): Promise<Phone> {
  const phone = await bench.phone(extension, { register: false });
  phone.userAgent.on('message', take);
  const contact = `<${phone.userAgent.contactUri('udp', extension)}>;methods="INVITE,MESSAGE"`;
  expect((await phone.register({ headers: { Contact: contact } })).status).toBe(200);
  return phone;
}

/** 1001 writes to somebody in a browser. */
function chat(to: string, body: string): void {
  const { organisationId, users } = bench.organisation;
  const [author, reader] = [users.get('1001')?.userId, users.get(to)?.userId];
  if (author === undefined || reader === undefined) throw new Error('No users');
  const ids = { chatMessageId: newId(ChatMessageId), conversationId: newId(ConversationId) };
  bench.bus.publish('chat-message.sent', {
    organisationId,
    memberIds: [author, reader],
    message: { ...ids, sequence: 1, authorId: author, body, sentAt: new Date().toISOString() },
  });
}
