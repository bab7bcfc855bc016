import { describe, expect, it } from 'vitest';
import { sayCaller, sayCounts, sayGreeting, sayTime } from './phrases.js';

describe('phrases', () => {
  it.each([
    [0, 0, 'You have no messages.'],
    [1, 0, 'You have 1 new message.'],
    [0, 2, 'You have 2 old messages.'],
    [3, 1, 'You have 3 new messages and 1 old message.'],
  ])('counts %d new and %d old', (newCount, oldCount, said) => expect(sayCounts(newCount, oldCount)).toBe(said));

  it.each([
    [{ ownerName: 'Bob Baker', extension: '1002' }, false, 'Bob Baker is not available.'],
    [{ ownerName: 'Мария', extension: '1002' }, true, 'The person at extension 1, 0, 0, 2 is on the phone.'],
    [{ ownerName: '你好', extension: null }, false, 'The person at this extension is not available.'],
  ])('greets for %j', (owner, busy, said) => expect(sayGreeting(owner, busy)).toBe(said));

  it.each([
    [{ name: 'Alice', number: '1001' }, 'From Alice.'],
    [{ name: null, number: '1001' }, 'From 1, 0, 0, 1.'],
    [{ name: null, number: 'anonymous' }, 'From an unknown caller.'],
  ])('names the caller %j', (caller, said) => expect(sayCaller(caller)).toBe(said));

  it.each([
    [new Date(2026, 4, 3, 14, 5), 'Today at 2:05 PM.'],
    [new Date(2026, 4, 2, 23, 59), 'Yesterday at 11:59 PM.'],
    [new Date(2026, 3, 1, 9, 30), 'April 1 at 9:30 AM.'],
  ])('tells the time of %s', (receivedAt, said) =>
    expect(sayTime(receivedAt, new Date(2026, 4, 3, 15, 0).getTime())).toBe(said),
  );
});
