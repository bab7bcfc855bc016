import { BEEP, type Say, text } from '../line/say.js';
import { LONGEST_MESSAGE_MS, MOST_MESSAGES, SILENCE_MS } from '../mailbox/limits.js';
import type { MailboxInfo } from '../mailbox/mailboxes.js';
import type { Draft, Kept } from '../mailbox/recordings.js';
import { PHRASES, sayGreeting } from '../phrases.js';
import { play } from './play.js';
import { record } from './record.js';
import { DONE, type LeaveMessageVerb, type VerbContext, type VerbOutcome } from './verb.js';

const AFTERWORDS: Readonly<Record<Kept, string>> = {
  kept: PHRASES.saved,
  later: PHRASES.saved,
  'too-short': PHRASES.tooShort,
};

/** Greets in the owner's name, beeps and records. A caller who hangs up while speaking has left a message too. */
export async function leaveMessage(
  { mailboxId, reason }: LeaveMessageVerb,
  context: VerbContext,
  signal: AbortSignal,
): Promise<VerbOutcome> {
  const { line, mailboxes } = context;
  const mailbox = await mailboxes.find(line.handOver.organisationId, mailboxId);
  const refusal = await findRefusal(mailbox, context);
  if (mailbox === null || refusal !== null) {
    await play([text(refusal ?? PHRASES.noMailbox)], false, context, signal);
    return DONE;
  }
  // A key skips the greeting, never the tone.
  await play(await greeting(mailbox, reason === 'busy', context), true, context, signal);
  await play([BEEP], false, context, signal);
  line.digits.clear();
  const afterword = await recordMessage(mailboxId, context, signal);
  if (afterword === null) return { kind: 'handed-over' };
  await play([text(afterword)], false, context, signal);
  return DONE;
}

async function findRefusal(
  mailbox: MailboxInfo | null,
  { mailboxes, disk, logger }: VerbContext,
): Promise<string | null> {
  if (mailbox === null) return PHRASES.noMailbox;
  const { organisationId, mailboxId } = mailbox;
  const { newCount, oldCount } = await mailboxes.count(organisationId, mailboxId);
  if (newCount + oldCount >= MOST_MESSAGES) {
    logger.info({ mailboxId }, 'A caller found a mailbox full');
    return PHRASES.mailboxFull;
  }
  const space = await disk.check();
  if (space.ok) return null;
  logger.error({ mailboxId, detail: space.detail }, 'A caller could not leave a message: the disk is full');
  return PHRASES.cannotRecord;
}

async function greeting(mailbox: MailboxInfo, busy: boolean, { files, logger }: VerbContext): Promise<Say[]> {
  const { greetingPath, ownerName, extension } = mailbox;
  const own = greetingPath === null ? null : await files.findSound(greetingPath);
  if (own !== null) return [{ kind: 'file', path: own }];
  if (greetingPath !== null)
    logger.warn({ greetingPath }, 'A personal greeting is missing: the built-in one is played');
  return [text(sayGreeting({ ownerName, extension }, busy)), text(PHRASES.afterTone)];
}

/** @returns what to tell the caller; null where nobody is there any more */
async function recordMessage(mailboxId: string, context: VerbContext, signal: AbortSignal): Promise<string | null> {
  const { line, recordings, logger } = context;
  let draft: Draft;
  try {
    draft = await recordings.begin(line.handOver, mailboxId);
  } catch {
    // Logged where it happened.
    return PHRASES.cannotRecord;
  }
  try {
    const { path } = draft;
    const order = { kind: 'record', path, maxDurationMs: LONGEST_MESSAGE_MS, silenceMs: SILENCE_MS } as const;
    const reason = await record(order, context, signal);
    const kept = await recordings.keep(draft);
    logger.info({ mailboxId, reason, kept }, 'A caller has left a message, or tried to');
    if (reason === 'closed' || signal.aborted) return null;
    if (reason !== 'failed') return AFTERWORDS[kept];
    logger.error({ mailboxId, kept }, 'A recording broke off: what was recorded until then is kept');
    return PHRASES.notSaved;
  } catch (error) {
    await recordings.abandon(draft);
    if (signal.aborted) return null;
    logger.error({ error, mailboxId }, 'A message could not be recorded');
    return PHRASES.cannotRecord;
  }
}
