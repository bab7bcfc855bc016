import { ChatMessageId, ConversationId, newId } from '@carillon/domain';
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
    const { organisationId, users, domain } = bench.organisation;
    const [author, reader] = [users.get('1001')?.userId, users.get('1002')?.userId];
    if (author === undefined || reader === undefined) throw new Error('No users');
    const bob = await bench.phone('1002', { register: false });
    bob.userAgent.on('message', (incoming) => incoming.reply(200));
    const contact = `<${bob.userAgent.contactUri('udp', '1002')}>;methods="INVITE,MESSAGE"`;
    expect((await bob.register({ headers: { Contact: contact } })).status).toBe(200);
    bench.bus.publish('chat-message.sent', {
      organisationId,
      memberIds: [author, reader],
      message: {
        chatMessageId: newId(ChatMessageId),
        conversationId: newId(ConversationId),
        sequence: 1,
        authorId: author,
        body: 'Lunch?',
        sentAt: new Date().toISOString(),
      },
    });
    const received = await until('the message', () => bob.last('MESSAGE'));
    expect([received.bodyText, received.from?.uri]).toEqual(['Lunch?', `sip:1001@${domain}`]);
  });
});
