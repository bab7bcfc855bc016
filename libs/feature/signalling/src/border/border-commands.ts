import type { LiftedBan, SipBan } from '@carillon/contracts';
import type { OrganisationId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import { sourceNetwork } from '@carillon/sip-stack';
import type { FailureLimiter } from '../inbound/failure-limiter.js';
import type { Directories } from '../routing/directories.js';
import type { BanWriter } from './ban-writer.js';
import { ownerIdOf, type Place } from '../processes/place.js';
import { shedEverywhere, type Shedding } from '../processes/shed-everywhere.js';
import { addressOfSource, type KnownSources } from './known-sources.js';
import { OFFENCES } from './offences.js';
import type { OverloadGuard } from './overload-guard.js';
import type { ShedLog } from './shed-log.js';
import type { Ban, Lift, SourceBook } from './source-book.js';

/** Bans shown at most. */
const MAX_SHOWN = 500;
/** What is shown is written down first, unless the database takes longer. */
const WRITTEN_WITHIN_MS = 500;

export interface BorderParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly book: SourceBook;
  readonly bans: Pick<BanWriter, 'settled' | 'writeNow'>;
  readonly limiter: Pick<FailureLimiter, 'forgive'>;
  readonly known: KnownSources;
  readonly overload: OverloadGuard;
  readonly shed: ShedLog;
  readonly directories: Directories;
  readonly place: Place;
}

/** What the portal sees and does. @returns stops handling */
export function handleBorderCommands(parts: BorderParts): () => void {
  const { bus, clock, book, bans, known, overload, shed } = parts;
  const sheddingHere = (): Shedding => ({ admittedShare: overload.admittedShare, shed: shed.list() });
  const stops = [
    bus.handle('signalling.shed', () => ({ ok: true, ...sheddingHere() }), { ownerId: ownerIdOf(parts.place.own) }),
    bus.handle('border.describe', async ({ organisationId }) => {
      await writtenOrLate(parts);
      const lifted = book.listLifted(clock.now()).filter((ban) => ban.lifted.organisationId === organisationId);
      return {
        ok: true,
        state: {
          bans: (await visibleBans(parts, organisationId)).slice(0, MAX_SHOWN).map(describe),
          lifted: lifted.slice(0, MAX_SHOWN).map(describeLifted),
          ...(await shedEverywhere(parts, sheddingHere())),
        },
      };
    }),
    bus.handle('border.lift-ban', async ({ organisationId, source, by }) => {
      const lift: Lift = { at: clock.now(), byUserId: by.userId, byName: by.displayName, organisationId };
      const visible = await visibleBans(parts, organisationId);
      const found = visible.some((ban) => ban.source === source) && book.lift(source, lift);
      if (!found) return { ok: false, code: 'BORDER.NOT_BANNED' };
      try {
        // Before the answer: what an administrator was told holds over a power cut.
        await bans.writeNow(source);
      } catch (error) {
        book.takeBackLift(source, lift);
        throw error;
      }
      parts.limiter.forgive(sourceNetwork(addressOfSource(source)));
      return { ok: true };
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
async function visibleBans(parts: BorderParts, organisationId: OrganisationId): Promise<Ban[]> {
  const { book, clock, directories, known } = parts;
  const visible: Ban[] = [];
  for (const ban of book.list(clock.now())) {
    // It became a trunk's address after it was banned.
    if (known.isPeer(addressOfSource(ban.source))) continue;
    const owner = ban.domain === null ? undefined : await directories.ofDomain(ban.domain);
    if (owner === undefined || owner.organisationId === organisationId) visible.push(ban);
  }
  return visible;
}

async function writtenOrLate({ bans, clock }: BorderParts): Promise<void> {
  let stopTimer = (): void => undefined;
  const late = new Promise<void>((settle) => {
    stopTimer = clock.after(WRITTEN_WITHIN_MS, settle);
  });
  await Promise.race([bans.settled(), late]);
  stopTimer();
}

function describeLifted({ source, reason, domain, lifted }: Ban & { readonly lifted: Lift }): LiftedBan {
  const { words } = OFFENCES[reason];
  return { source, reason, words, domain, liftedAt: new Date(lifted.at).toISOString(), liftedBy: lifted.byName };
}

function describe({ source, reason, domain, since, until, times, dropped }: Ban): SipBan {
  const at = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  return { source, reason, words: OFFENCES[reason].words, domain, ...at, times, dropped };
}
