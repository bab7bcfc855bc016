import { describe, expect, it } from 'vitest';
import { openMailboxMenu, pressMailboxKey } from './mailbox-menu.machine.js';

const message = (messageId: string) => ({
  messageId,
  fromNumber: '1001',
  fromName: null,
  receivedAt: new Date(),
  path: '',
  heard: false,
});
const messages = ['a', 'b', 'c'].map(message);

/** Presses keys one after another; `-` is nothing. @returns the actions, with the message at hand */
function press(keys: string): string[] {
  let state = openMailboxMenu(messages);
  return keys.split('').map((key) => {
    const step = pressMailboxKey(state, key === '-' ? '' : key);
    state = step.state;
    const at = state.messages[state.index];
    return `${step.action} ${at?.messageId}${at?.deleted === true ? ' (deleted)' : ''}`;
  });
}

describe('the mailbox menu', () => {
  it.each([
    ['1', ['play a']],
    ['66', ['play b', 'play c']],
    ['666', ['play b', 'play c', 'no-next c']],
    ['4', ['no-previous a']],
    ['64', ['play b', 'play a']],
    ['2', ['keep a']],
    ['33', ['delete a (deleted)', 'restore a']],
    ['32', ['delete a (deleted)', 'keep a']],
    ['364', ['delete a (deleted)', 'play b', 'play a (deleted)']],
    ['#', ['leave a']],
    ['*', ['leave a']],
    ['5-5', ['wrong-key a', 'nothing a', 'leave a']],
    ['5-15-', ['wrong-key a', 'nothing a', 'play a', 'wrong-key a', 'nothing a']],
  ])('answers %s', (keys, actions) => expect(press(keys)).toEqual(actions));
});
