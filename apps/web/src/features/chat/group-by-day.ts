import type { ChatMessage } from '@carillon/contracts';

/** Messages by one author, close together in time: the name and picture are shown once. */
export interface Run {
  /** null: written by someone who was deleted since. */
  readonly authorId: string | null;
  readonly messages: readonly ChatMessage[];
}
export interface Day {
  /** ISO 8601 time of its first message. */
  readonly startsAt: string;
  readonly runs: readonly Run[];
}

const RUN_GAP_MS = 5 * 60_000;

/** Groups messages, oldest first, by day and within it by author. */
export function groupByDay(messages: readonly ChatMessage[]): Day[] {
  const days: { startsAt: string; runs: { authorId: string | null; messages: ChatMessage[] }[] }[] = [];
  let previous: ChatMessage | undefined;
  for (const message of messages) {
    const sameDay =
      previous !== undefined && new Date(previous.sentAt).toDateString() === new Date(message.sentAt).toDateString();
    if (!sameDay) days.push({ startsAt: message.sentAt, runs: [] });
    const runs = days.at(-1)?.runs ?? [];
    const run = runs.at(-1);
    const close = previous !== undefined && Date.parse(message.sentAt) - Date.parse(previous.sentAt) < RUN_GAP_MS;
    if (run !== undefined && run.authorId === message.authorId && close) run.messages.push(message);
    else runs.push({ authorId: message.authorId, messages: [message] });
    previous = message;
  }
  return days;
}
