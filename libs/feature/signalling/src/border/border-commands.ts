import type { SipBan } from '@carillon/contracts';
import type { OrganisationId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import type { Directories } from '../routing/directories.js';
import type { KnownSources } from './known-sources.js';
import { OFFENCES } from './offences.js';
import type { OverloadGuard } from './overload-guard.js';
import type { Ban, SourceBook } from './source-book.js';

/** Bans shown at most. */
const MAX_SHOWN = 500;

export interface BorderParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly book: SourceBook;
  readonly known: KnownSources;
  readonly overload: OverloadGuard;
  readonly directories: Directories;
}

/** What the portal sees and does. @returns stops handling */
export function handleBorderCommands(parts: BorderParts): () => void {
  const { bus, clock, book, known, overload } = parts;
  const stops = [
    bus.handle('border.describe', async ({ organisationId }) => ({
      ok: true,
      state: {
        bans: (await visibleBans(parts, organisationId)).slice(0, MAX_SHOWN).map(describe),
        admittedShare: overload.admittedShare,
      },
    })),
    bus.handle('border.lift-ban', async ({ organisationId, source }) => {
      const visible = await visibleBans(parts, organisationId);
      const found = visible.some((ban) => ban.source === source) && book.lift(source);
      return found ? { ok: true } : { ok: false, code: 'BORDER.NOT_BANNED' };
    }),
    bus.subscribe('portal.entered', ({ role, address }) => {
      if (role === 'admin') known.add(address, clock.now());
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Who asked for another organisation's domain is that organisation's business alone. */
async function visibleBans({ book, clock, directories }: BorderParts, organisationId: OrganisationId): Promise<Ban[]> {
  const visible: Ban[] = [];
  for (const ban of book.list(clock.now())) {
    const owner = ban.domain === null ? undefined : await directories.ofDomain(ban.domain);
    if (owner === undefined || owner.organisationId === organisationId) visible.push(ban);
  }
  return visible;
}

function describe({ source, reason, domain, since, until, times, dropped }: Ban): SipBan {
  const at = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  return { source, reason, words: OFFENCES[reason].words, domain, ...at, times, dropped };
}
