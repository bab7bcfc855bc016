import { ChatMessageId, ConversationId, newId, OrganisationId, UserId } from '@carillon/domain';
import { silentLogger } from '@carillon/service-runtime';
import type { RequestOutcome, UserAgent } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../registrar/binding.js';
import type { Directory } from '../routing/directory.js';
import { testBinding, testDevice } from '../testing/binding.js';
import { MessageDelivery } from './message-delivery.js';

type OutgoingRequest = Parameters<UserAgent['request']>[0];

const [alice, bob, carol] = [newId(UserId), newId(UserId), newId(UserId)];
const organisationId = newId(OrganisationId);
const person = { displayName: 'Alice "Ace" Archer', extension: '1001' };
const directory = { organisationId, sipDomain: 'example.org', users: new Map([[alice, { userId: alice, ...person }]]) };
const device = testDevice({ organisationId, userId: bob, sipUsername: 'bob' });

function chatMessage(body: string, memberIds = [alice, bob]) {
  const ids = { chatMessageId: newId(ChatMessageId), conversationId: newId(ConversationId) };
  const message = { ...ids, sequence: 1, authorId: alice, body, sentAt: new Date().toISOString() };
  return { organisationId, memberIds, message };
}

/** Bob's phones; `sent` waits to be answered one by one unless all get the same status. */
function bedOf(bindings: readonly Binding[], status?: number) {
  const sent: { request: OutgoingRequest; answer: (status: number) => void }[] = [];
  const outcome = (code: number) => ({ ok: code < 300, status: code }) as RequestOutcome;
  const delivery = new MessageDelivery({
    userAgent: {
      addresses: [],
      flow: () => undefined,
      request: (request) =>
        new Promise((resolve) => {
          sent.push({ request, answer: (code) => resolve(outcome(code)) });
          if (status !== undefined) resolve(outcome(status));
        }),
    },
    directories: { of: () => Promise.resolve(directory as unknown as Directory) },
    registrar: { ofUser: (id) => (id === bob ? [...bindings] : []) },
    logger: silentLogger(),
  });
  const deliver = async (event: ReturnType<typeof chatMessage>): Promise<void> =>
    (await delivery.deliver(event)).answered;
  return { delivery, deliver, sent };
}
const targets = (sent: readonly { request: OutgoingRequest }[]) => sent.map(({ request }) => request.target);

describe('a chat message', () => {
  it('goes to the phones that say that they take messages, or say nothing of it', async () => {
    const { deliver, sent } = bedOf(
      [
        testBinding('<sip:bob@says.yes>', { device, allow: 'INVITE,MESSAGE' }),
        testBinding('<sip:bob@says.nothing>', { device }),
        testBinding('<sip:bob@says.no>', { device, allow: 'INVITE,ACK' }),
      ],
      200,
    );
    await deliver(chatMessage('Lunch?'));
    expect(targets(sent)).toEqual(['sip:bob@says.yes', 'sip:bob@says.nothing']);
    expect(sent[0]?.request).toMatchObject({
      method: 'MESSAGE',
      from: '"Alice \\"Ace\\" Archer" <sip:1001@example.org>',
      to: '<sip:bob@example.org>',
      contentType: 'text/plain',
      body: 'Lunch?',
    });
  });

  it.each([405, 415, 488, 501])('that a phone turns down with %i is the last one it is sent', async (status) => {
    const { deliver, sent } = bedOf([testBinding('<sip:bob@h>', { device })], status);
    await deliver(chatMessage('One'));
    await deliver(chatMessage('Two'));
    expect(sent).toHaveLength(1);
  });

  it.each([480, 486, 500])('that a phone cannot take at the moment (%i) is followed by the next', async (status) => {
    const { deliver, sent } = bedOf([testBinding('<sip:bob@h>', { device })], status);
    await deliver(chatMessage('One'));
    await deliver(chatMessage('Two'));
    expect(sent).toHaveLength(2);
  });

  it('waits until the phone has answered the one before (RFC 3428 §8)', async () => {
    const { deliver, sent } = bedOf([testBinding('<sip:bob@h>', { device })]);
    const both = [deliver(chatMessage('One')), deliver(chatMessage('Two'))];
    await new Promise(setImmediate);
    expect(sent.map(({ request }) => request.body)).toEqual(['One']);
    sent[0]?.answer(200);
    await both[0];
    await new Promise(setImmediate);
    expect(sent.map(({ request }) => request.body)).toEqual(['One', 'Two']);
    sent[1]?.answer(200);
    await both[1];
  });

  it('is on its way at once, whether or not its phone ever answers', async () => {
    const { delivery, sent } = bedOf([testBinding('<sip:bob@h>', { device })]);
    await delivery.deliver(chatMessage('One'));
    await delivery.deliver(chatMessage('Two'));
    expect(sent.map(({ request }) => request.body)).toEqual(['One']);
  });

  it('waits for a phone that does not answer only in bounded number', async () => {
    const { deliver, sent } = bedOf([testBinding('<sip:bob@h>', { device })]);
    const all = Array.from({ length: 30 }, (_, index) => deliver(chatMessage(String(index))));
    for (let index = 0; index < 20; index += 1) {
      await new Promise(setImmediate);
      sent[index]?.answer(408);
    }
    await Promise.all(all);
    expect(sent).toHaveLength(20);
  });

  it('reaches a phone of several flows once, by the next one where the first leads nowhere', async () => {
    const flow = (number: number) =>
      testBinding(`<sip:bob@flow${number}>`, { device, instance: 'urn:x:1', registeredAt: number, key: `${number}` });
    const { deliver, sent } = bedOf([flow(1), flow(2)]);
    const done = deliver(chatMessage('Hi'));
    await new Promise(setImmediate);
    sent[0]?.answer(503);
    await new Promise(setImmediate);
    sent[1]?.answer(200);
    await done;
    expect(targets(sent)).toEqual(['sip:bob@flow2', 'sip:bob@flow1']);
  });

  it('too long for a datagram is cut; of a group it is for screens', async () => {
    const { deliver, sent } = bedOf([testBinding('<sip:bob@h>', { device })], 200);
    await deliver(chatMessage('x'.repeat(3000)));
    await deliver(chatMessage('Hi all', [alice, bob, carol]));
    expect(sent.map(({ request }) => Buffer.byteLength(request.body ?? ''))).toEqual([800]);
  });
});
