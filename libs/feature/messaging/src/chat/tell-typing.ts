import type { Bus, CommandHandler } from '@carillon/event-bus';
import type { Database } from '@carillon/database';
import type { Clock } from '@carillon/service-runtime';
import { membersFor } from './conversation-members.js';
import { NOT_FOUND } from './refusals.js';

/** One "is typing" per writer and conversation in this time, in milliseconds. */
const TYPING_INTERVAL_MS = 2_000;
const REMEMBERED = 10_000;

/** Tells the others that someone types, at most once in `TYPING_INTERVAL_MS`. */
export function tellTyping(database: Database, bus: Bus, clock: Clock): CommandHandler<'conversation.typing'> {
  const lastTold = new Map<string, number>();
  return async ({ organisationId, userId, conversationId }) => {
    const key = `${conversationId}:${userId}`;
    const now = clock.now();
    if (now - (lastTold.get(key) ?? -Infinity) < TYPING_INTERVAL_MS) return { ok: true };
    const memberIds = await database.forOrganisation(organisationId, (tx) => membersFor(tx, conversationId, userId));
    if (memberIds === undefined) return NOT_FOUND;
    if (lastTold.size >= REMEMBERED) lastTold.clear();
    lastTold.set(key, now);
    bus.publish('conversation.typed', { organisationId, memberIds, conversationId, userId });
    return { ok: true };
  };
}
