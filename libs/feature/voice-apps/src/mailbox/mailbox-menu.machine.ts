import type { StoredMessage } from './mailboxes.js';

export interface MenuMessage extends StoredMessage {
  readonly deleted: boolean;
}

/** Where the caller is in the mailbox. `index` is the message at hand. */
export interface MailboxMenuState {
  readonly messages: readonly MenuMessage[];
  readonly index: number;
  /** How often in a row nothing or a wrong key came. */
  readonly misses: number;
}

/** What the menu does next; `play` is about the message at hand. */
export type MailboxMenuAction =
  'play' | 'keep' | 'delete' | 'restore' | 'leave' | 'wrong-key' | 'nothing' | 'no-next' | 'no-previous';

const MOST_MISSES = 3;

export function openMailboxMenu(messages: readonly StoredMessage[]): MailboxMenuState {
  return { messages: messages.map((message) => ({ ...message, deleted: false })), index: 0, misses: 0 };
}

/**
 * One key of the mailbox menu: 1 plays, 2 keeps, 3 deletes and restores, 4 goes back, 6 goes on, `#` and `*` leave.
 * @param digit empty where nothing was pressed in time
 */
export function pressMailboxKey(
  state: MailboxMenuState,
  digit: string,
): { state: MailboxMenuState; action: MailboxMenuAction } {
  const { messages, index } = state;
  const at = (next: Partial<MailboxMenuState>, action: MailboxMenuAction) => ({
    state: { ...state, misses: 0, ...next },
    action,
  });
  const missed = (action: MailboxMenuAction) => {
    const misses = state.misses + 1;
    return { state: { ...state, misses }, action: misses >= MOST_MISSES ? 'leave' : action } as const;
  };
  const deleted = messages[index]?.deleted === true;
  const mark = (value: boolean) =>
    messages.map((message, place) => (place === index ? { ...message, deleted: value } : message));
  switch (digit) {
    case '1':
      return at({}, 'play');
    case '2':
      return at({ messages: mark(false) }, 'keep');
    case '3':
      return at({ messages: mark(!deleted) }, deleted ? 'restore' : 'delete');
    case '4':
      return index > 0 ? at({ index: index - 1 }, 'play') : at({}, 'no-previous');
    case '6':
      return index < messages.length - 1 ? at({ index: index + 1 }, 'play') : at({}, 'no-next');
    case '#':
    case '*':
      return at({}, 'leave');
    case '':
      return missed('nothing');
    default:
      return missed('wrong-key');
  }
}
