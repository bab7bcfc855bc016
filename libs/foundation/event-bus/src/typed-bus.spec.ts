import { CodedError, silentLogger, type Logger } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { createMemoryBus } from './create-memory-bus.js';

const organisationId = crypto.randomUUID();
const mailboxId = crypto.randomUUID();
const counts = { ok: true, newCount: 2, oldCount: 1 } as const;

describe('commands', () => {
  it('answers a call with what the handler returned', async () => {
    const bus = createMemoryBus();
    bus.handle('mailbox.counts', (payload) => {
      expect(payload.mailboxId).toBe(mailboxId);
      return counts;
    });
    expect(await bus.call('mailbox.counts', { organisationId, mailboxId })).toEqual(counts);
  });

  it('says so where nobody handles it, and after the handler has stopped', async () => {
    const bus = createMemoryBus();
    await expect(bus.call('mailbox.counts', { organisationId, mailboxId })).rejects.toMatchObject({
      code: 'BUS.NO_HANDLER',
    });
    bus.handle('mailbox.counts', () => counts)();
    await expect(bus.call('mailbox.counts', { organisationId, mailboxId })).rejects.toMatchObject({
      code: 'BUS.NO_HANDLER',
    });
  });

  it('addresses owners exactly', async () => {
    const bus = createMemoryBus();
    bus.handle('mailbox.counts', () => ({ ...counts, newCount: 7 }), { ownerId: 'media-7' });
    expect(await bus.call('mailbox.counts', { organisationId, mailboxId }, { ownerId: 'media-7' })).toMatchObject({
      newCount: 7,
    });
    for (const options of [{}, { ownerId: 'media-8' }])
      await expect(bus.call('mailbox.counts', { organisationId, mailboxId }, options)).rejects.toMatchObject({
        code: 'BUS.NO_HANDLER',
      });
  });

  it('shares the work between handlers of one command', async () => {
    const bus = createMemoryBus();
    const asked: string[] = [];
    for (const name of ['a', 'b'])
      bus.handle('mailbox.counts', () => {
        asked.push(name);
        return counts;
      });
    for (let i = 0; i < 4; i++) await bus.call('mailbox.counts', { organisationId, mailboxId });
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('refuses payloads and answers that do not fit', async () => {
    const bus = createMemoryBus();
    // @ts-expect-error a handler of the wrong shape, as a foreign process could have
    bus.handle('mailbox.counts', () => ({ ok: true, newCount: 'many' }));
    await expect(bus.call('mailbox.counts', { organisationId: 'x', mailboxId })).rejects.toMatchObject({
      code: 'BUS.INVALID',
    });
    await expect(bus.call('mailbox.counts', { organisationId, mailboxId })).rejects.toMatchObject({
      code: 'BUS.INVALID',
    });
  });

  it('gives up in time', async () => {
    const bus = createMemoryBus();
    bus.handle('mailbox.counts', () => new Promise(() => undefined));
    await expect(bus.call('mailbox.counts', { organisationId, mailboxId }, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'BUS.TIMEOUT',
    });
  });

  it('carries codes across and hides the insides of other failures', async () => {
    const lines: string[] = [];
    const logger: Logger = {
      ...silentLogger(),
      error: (...words: unknown[]) => void lines.push(String(words.at(-1))),
    } as Logger;
    const bus = createMemoryBus(Object.assign(Object.create(silentLogger()) as Logger, { error: logger.error }));
    const stop = bus.handle('mailbox.counts', () => {
      throw new CodedError('DATABASE.UNAVAILABLE', 'The database does not answer', { since: 3 });
    });
    await expect(bus.call('mailbox.counts', { organisationId, mailboxId })).rejects.toMatchObject({
      code: 'DATABASE.UNAVAILABLE',
      details: { since: 3 },
    });
    stop();
    bus.handle('mailbox.counts', () => {
      throw new TypeError('secret insides');
    });
    await expect(bus.call('mailbox.counts', { organisationId, mailboxId })).rejects.toMatchObject({
      code: 'BUS.FAILED',
      message: 'The handler of mailbox.counts failed',
    });
    expect(lines).toEqual(['The handler of mailbox.counts failed']);
  });
});

describe('events', () => {
  const typed = (userId: string) => ({ organisationId, memberIds: [userId], conversationId: mailboxId, userId });

  it('reach every subscriber in order, also when a handler is slow or fails', async () => {
    const bus = createMemoryBus();
    const slow: string[] = [];
    const quick: string[] = [];
    const users = Array.from({ length: 5 }, () => crypto.randomUUID());
    bus.subscribe('conversation.typed', async ({ userId }) => {
      await new Promise((done) => setTimeout(done, userId === users[0] ? 20 : 1));
      slow.push(userId);
      if (userId === users[1]) throw new Error('a broken subscriber');
    });
    bus.subscribe('conversation.typed', ({ userId }) => void quick.push(userId));
    for (const user of users) bus.publish('conversation.typed', typed(user));
    await bus.settled();
    expect(slow).toEqual(users);
    expect(quick).toEqual(users);
  });

  it('keep their order across the names of one subscription', async () => {
    const bus = createMemoryBus();
    const heard: string[] = [];
    bus.subscribe(['directory.changed', 'user.disabled'], async (_payload, name) => {
      await new Promise((done) => setTimeout(done, name === 'directory.changed' ? 10 : 0));
      heard.push(name);
    });
    bus.publish('directory.changed', { organisationId });
    bus.publish('user.disabled', { organisationId, userId: mailboxId });
    await bus.settled();
    expect(heard).toEqual(['directory.changed', 'user.disabled']);
  });

  it('arrive as one copy that no subscriber can change for the others', async () => {
    const bus = createMemoryBus();
    bus.subscribe('conversation.typed', ({ memberIds }) => void memberIds.splice(0));
    const seen: number[] = [];
    bus.subscribe('conversation.typed', ({ memberIds }) => void seen.push(memberIds.length));
    const payload = typed(mailboxId);
    bus.publish('conversation.typed', payload);
    await bus.settled();
    expect(seen).toEqual([1]);
    payload.memberIds.splice(0);
    expect(seen).toEqual([1]);
  });

  it('are refused where they do not fit, and not delivered after unsubscribing', async () => {
    const bus = createMemoryBus();
    const heard: unknown[] = [];
    const stop = bus.subscribe('directory.changed', (payload) => void heard.push(payload));
    expect(() => bus.publish('directory.changed', { organisationId: 'x' })).toThrow(
      expect.objectContaining({ code: 'BUS.INVALID' }),
    );
    stop();
    bus.publish('directory.changed', { organisationId });
    await bus.settled();
    expect(heard).toEqual([]);
  });
});
