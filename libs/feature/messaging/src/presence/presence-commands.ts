import type { CommandHandler } from '@carillon/event-bus';
import type { Database } from '@carillon/database';
import type { PresenceKeeper } from './presence-keeper.js';

/** Everybody of the organisation, also those who are nowhere. */
export function listPresence(database: Database, keeper: PresenceKeeper): CommandHandler<'presence.list'> {
  return async ({ organisationId }) => {
    const book = await keeper.bookOf(organisationId);
    const users = await database.forOrganisation(organisationId, (tx) =>
      tx.user.findMany({ where: { disabledAt: null }, select: { id: true } }),
    );
    const presences = users.map(({ id }) => {
      const { userId, state, since } = book.of(id);
      return { userId, state, since: new Date(since).toISOString() };
    });
    return { ok: true, presences };
  };
}

export function reportPresence(keeper: PresenceKeeper): CommandHandler<'presence.report'> {
  return async ({ organisationId, userId, connectionId, activity }) => {
    const book = await keeper.bookOf(organisationId);
    keeper.tell(organisationId, book.reportBrowser(userId, connectionId, activity));
    return { ok: true };
  };
}

/** Kept in the database, so that "away" lasts over a restart. */
export function setPresence(database: Database, keeper: PresenceKeeper): CommandHandler<'presence.set'> {
  return async ({ organisationId, userId, choice }) => {
    await database.forOrganisation(organisationId, (tx) =>
      tx.user.update({ where: { id: userId }, data: { presenceChoice: choice } }),
    );
    const book = await keeper.bookOf(organisationId);
    keeper.tell(organisationId, book.choose(userId, choice));
    return { ok: true };
  };
}
