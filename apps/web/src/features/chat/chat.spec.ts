import { ChatMessage, Contact, Conversation } from '@carillon/contracts';
import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { addToConversations } from './add-to-conversations.js';
import { addToHistory, historyKey, type History } from './add-to-history.js';
import { authorName, conversationName, isAbandoned } from './conversation-name.js';
import { groupByDay } from './group-by-day.js';
import type { OutgoingMessage } from './outbox-store.js';
import { pendingOf } from './pending-of.js';

const ada = crypto.randomUUID();
const ben = crypto.randomUUID();
const conversationId = crypto.randomUUID();
const message = (
  sequence: number,
  authorId: string | null = ada,
  sentAt = '2026-03-02T10:00:00.000Z',
  body = `no ${sequence}`,
) => ChatMessage.parse({ chatMessageId: crypto.randomUUID(), conversationId, sequence, authorId, body, sentAt });

describe('groupByDay', () => {
  it('begins a run with another author and after a pause, a day with another date', () => {
    const days = groupByDay([
      message(1, ada, '2026-03-02T10:00:00.000Z'),
      message(2, ada, '2026-03-02T10:01:00.000Z'),
      message(3, ben, '2026-03-02T10:02:00.000Z'),
      message(4, ben, '2026-03-02T10:20:00.000Z'),
      message(5, ben, '2026-03-05T10:20:30.000Z'),
    ]);
    expect(days.map((day) => day.runs.map((run) => run.messages.length))).toEqual([[2, 1, 1], [1]]);
  });
});

describe('names', () => {
  const contact = Contact.parse({ userId: ben, displayName: 'Ben', email: 'b@x', extension: null, disabled: false });
  const contacts = new Map([[ben, contact]]);
  const of = (title: string | null, ...memberIds: string[]) =>
    Conversation.parse({ conversationId, title, memberIds, lastMessage: null, unread: 0, lastReadSequence: 0 });

  it('of a conversation are its title, the others, or a former colleague', () => {
    expect(conversationName(of('Lunch', ada), contacts, ada)).toBe('Lunch');
    expect(conversationName(of(null, ada, ben), contacts, ada)).toBe('Ben');
    expect(conversationName(of(null, ada), contacts, ada)).toBe('Former colleague');
    expect(isAbandoned(of(null, ada))).toBe(true);
    expect(isAbandoned(of(null, ada, ben))).toBe(false);
  });

  it('of an author who was deleted is not known', () => {
    expect(authorName(ben, contacts)).toBe('Ben');
    expect(authorName(null, contacts)).toBe('Former colleague');
    const days = groupByDay([message(1, null), message(2, null), message(3, ben)]);
    expect(days[0]?.runs.map((run) => run.authorId)).toEqual([null, ben]);
  });
});

describe('addToHistory', () => {
  const withHistory = (...sequences: number[]) => {
    const queries = new QueryClient();
    const history: History = {
      pages: [{ messages: sequences.map((sequence) => message(sequence)), more: false }],
      pageParams: [undefined],
    };
    queries.setQueryData(historyKey(conversationId), history);
    const known = () =>
      queries.getQueryData<History>(historyKey(conversationId))?.pages[0]?.messages.map((one) => one.sequence);
    return { queries, known };
  };

  it('appends the next one once', () => {
    const { queries, known } = withHistory(1, 2);
    const third = message(3);
    expect(addToHistory(queries, third)).toBe(true);
    expect(addToHistory(queries, third)).toBe(true);
    expect(known()).toEqual([1, 2, 3]);
  });

  it('asks for the history again where some are missing', () => {
    const { queries, known } = withHistory(1, 2);
    expect(addToHistory(queries, message(5))).toBe(false);
    expect(known()).toEqual([1, 2]);
  });

  it('needs nothing where the conversation is not open', () => {
    expect(addToHistory(new QueryClient(), message(5))).toBe(true);
  });
});

describe('addToConversations', () => {
  const conversation = Conversation.parse({
    conversationId,
    title: null,
    memberIds: [ada, ben],
    lastMessage: message(4),
    unread: 1,
    lastReadSequence: 3,
  });

  it('counts what others write, and nothing of one’s own', () => {
    expect(addToConversations([conversation], message(5, ben), ada)[0]?.unread).toBe(2);
    expect(addToConversations([conversation], message(5, ada), ada)[0]).toMatchObject({
      unread: 0,
      lastReadSequence: 5,
    });
  });

  it('counts a message that is told twice once', () => {
    const once = addToConversations([conversation], message(5, ben), ada);
    expect(addToConversations(once, message(5, ben), ada)[0]?.unread).toBe(2);
  });
});

describe('pendingOf', () => {
  const outgoing = (state: OutgoingMessage['state'], body = 'hello'): OutgoingMessage => ({
    clientToken: crypto.randomUUID(),
    conversationId,
    body,
    createdAt: '2026-03-02T10:00:00.000Z',
    state,
    reason: null,
  });

  it('hides one outgoing message for each that arrived by event before its answer', () => {
    const arrived = message(6, ada, '2026-03-02T10:00:01.000Z', 'hello');
    expect(pendingOf([outgoing('sending'), outgoing('sending')], conversationId, [arrived])).toHaveLength(1);
  });

  it('goes on showing what was refused, and what is older than the arrived one', () => {
    const old = message(6, ada, '2026-03-02T09:00:00.000Z', 'hello');
    expect(pendingOf([outgoing('sending')], conversationId, [old])).toHaveLength(1);
    const arrived = message(6, ada, '2026-03-02T10:00:01.000Z', 'hello');
    expect(pendingOf([outgoing('refused')], conversationId, [arrived])).toHaveLength(1);
  });
});
