import { type Say, text } from '../line/say.js';
import { PIN_TRIES } from '../mailbox/limits.js';
import type { MailboxInfo } from '../mailbox/mailboxes.js';
import {
  type MailboxMenuAction,
  type MailboxMenuState,
  openMailboxMenu,
  pressMailboxKey,
} from '../mailbox/mailbox-menu.machine.js';
import { PHRASES, sayCaller, sayCounts, sayTime } from '../phrases.js';
import { gather } from './gather.js';
import { play } from './play.js';
import { DONE, type VerbContext, type VerbOutcome } from './verb.js';

const KEY_MS = 8_000;
const FIRST_DIGIT_MS = 10_000;
const INTER_DIGIT_MS = 5_000;
const LONGEST_PIN = 10;
const LONGEST_EXTENSION = 8;

/** The mailbox over the phone: PIN, how many messages, and the keys to go through them. */
export async function mailboxMenu(
  mailboxId: string | null,
  context: VerbContext,
  signal: AbortSignal,
): Promise<VerbOutcome> {
  const mailbox = await unlock(mailboxId, context, signal);
  if (mailbox === null) return DONE;
  const { mailboxes, recordings } = context;
  const { organisationId } = mailbox;
  const messages = await mailboxes.listMessages(organisationId, mailbox.mailboxId);
  const newCount = messages.filter(({ heard }) => !heard).length;
  const counts = text(sayCounts(newCount, messages.length - newCount));
  if (messages.length === 0) {
    await play([counts], true, context, signal);
    return DONE;
  }
  try {
    await goThrough(mailbox, openMailboxMenu(messages), [counts, text(PHRASES.listen)], context, signal);
  } finally {
    // Until now a deleted message could be had back.
    await recordings.purge(organisationId, mailbox.mailboxId);
  }
  return DONE;
}

async function goThrough(
  mailbox: MailboxInfo,
  opened: MailboxMenuState,
  greeting: readonly Say[],
  context: VerbContext,
  signal: AbortSignal,
): Promise<void> {
  let state = opened;
  let say: readonly Say[] = greeting;
  for (;;) {
    const pressed = pressMailboxKey(state, await askDigits(say, 1, KEY_MS, context, signal));
    state = pressed.state;
    if (pressed.action === 'leave') return;
    say = await act(mailbox, state, pressed.action, context, signal);
  }
}

/** Does what the key said. @returns what to say before the next key */
async function act(
  mailbox: MailboxInfo,
  state: MailboxMenuState,
  action: Exclude<MailboxMenuAction, 'leave'>,
  context: VerbContext,
  signal: AbortSignal,
): Promise<Say[]> {
  const { organisationId, mailboxId } = mailbox;
  const messageId = state.messages[state.index]?.messageId ?? '';
  switch (action) {
    case 'play':
      await playMessage(mailbox, state, context, signal);
      return hints(state);
    case 'keep':
      await context.mailboxes.change(organisationId, mailboxId, messageId, { saved: true });
      return [text(PHRASES.kept), ...ways(state)];
    case 'delete':
      await context.mailboxes.change(organisationId, mailboxId, messageId, { deleted: true });
      return [text(PHRASES.deleted), ...ways(state)];
    case 'restore':
      await context.mailboxes.change(organisationId, mailboxId, messageId, { deleted: false });
      return [text(PHRASES.restored), ...ways(state)];
    case 'wrong-key':
      return [text(PHRASES.wrongKey), ...hints(state)];
    case 'nothing':
      return hints(state);
    case 'no-next':
      return [text(PHRASES.noNext), ...hints(state)];
    case 'no-previous':
      return [text(PHRASES.noPrevious), ...hints(state)];
  }
}

async function playMessage(
  mailbox: MailboxInfo,
  { messages, index }: MailboxMenuState,
  context: VerbContext,
  signal: AbortSignal,
): Promise<void> {
  const message = messages[index];
  if (message === undefined) return;
  const { fromName: name, fromNumber: number, receivedAt, messageId } = message;
  const { line, clock, files, logger, mailboxes } = context;
  const envelope = [text(sayCaller({ name, number })), text(sayTime(receivedAt, clock.now()))];
  // A key during the envelope is meant for the menu.
  if ((await play(envelope, true, context, signal)) === 'dtmf' || !line.digits.isEmpty) return;
  const path = await files.findSound(message.path);
  const reason = path === null ? 'failed' : await play([{ kind: 'file', path }], true, context, signal);
  if (reason === 'failed') {
    logger.error({ messageId, path: message.path }, 'A voicemail message cannot be played');
    await play([text(PHRASES.unplayable)], true, context, signal);
  } else if (!message.heard) {
    await mailboxes.change(mailbox.organisationId, mailbox.mailboxId, messageId, { heard: true });
  }
}

function hints(state: MailboxMenuState): Say[] {
  return [text(PHRASES.afterMessage), ...ways(state)];
}

function ways({ messages, index }: MailboxMenuState): Say[] {
  return [
    ...(index < messages.length - 1 ? [text(PHRASES.nextMessage)] : []),
    ...(index > 0 ? [text(PHRASES.previousMessage)] : []),
  ];
}

/** Asks for the PIN, and first for the mailbox where it is not known. @returns null where the caller may not in */
async function unlock(
  mailboxId: string | null,
  context: VerbContext,
  signal: AbortSignal,
): Promise<MailboxInfo | null> {
  const { line, mailboxes, pins, logger } = context;
  const { organisationId, caller } = line.handOver;
  let mailbox: MailboxInfo | null;
  let asked = mailboxId ?? '';
  if (mailboxId === null) {
    asked = await askDigits([text(PHRASES.askMailbox)], LONGEST_EXTENSION, FIRST_DIGIT_MS, context, signal);
    mailbox = await mailboxes.findByExtension(organisationId, asked);
  } else {
    mailbox = await mailboxes.find(organisationId, mailboxId);
  }
  let hint: Say[] = [];
  for (let attempt = 0; attempt < PIN_TRIES; attempt++) {
    const pin = await askDigits([...hint, text(PHRASES.askPin)], LONGEST_PIN, FIRST_DIGIT_MS, context, signal);
    const verdict =
      pin === ''
        ? 'wrong'
        : await pins.check(mailbox, `${organisationId} ${mailbox?.mailboxId ?? asked}`, caller.number, pin);
    if (verdict === 'right') return mailbox;
    if (verdict === 'too-many') break;
    hint = [text(pin === '' ? PHRASES.nothingPressed : PHRASES.wrongPin)];
  }
  logger.warn({ mailboxId: mailbox?.mailboxId, caller: caller.number }, 'A caller did not know the PIN of a mailbox');
  await play([text(PHRASES.tooManyPins)], false, context, signal);
  return null;
}

function askDigits(
  say: readonly Say[],
  maxDigits: number,
  firstDigitMs: number,
  context: VerbContext,
  signal: AbortSignal,
): Promise<string> {
  // One key needs no end, and may be the pound key itself.
  const terminator = maxDigits === 1 ? null : '#';
  const order = { kind: 'gather', say, maxDigits, firstDigitMs, interDigitMs: INTER_DIGIT_MS, terminator } as const;
  return gather({ ...order, fresh: false }, context, signal);
}
