import type { Database, Tx } from '@carillon/database';
import { OrganisationId, UserId } from '@carillon/domain';
import { OFFENCES, type Offence } from './offences.js';
import { DAY_MS, MAX_BANS, type Ban, type Lift } from './source-book.js';

/** The column is an `integer`. */
const MAX_DROPPED = 2_147_483_647;

/** The bans in the database. They are of the whole installation, so all of it is work of the system. */
export class BanRecords {
  constructor(private readonly database: Database) {}

  /**
   * What still matters, the oldest first: bans that hold, and those of the last day, since they tell who comes back. The
   * rest is removed.
   * @throws {CodedError} `DATABASE.UNAVAILABLE`
   */
  load(now: number): Promise<Ban[]> {
    return this.database.asSystem('bans at start', async (tx) => {
      await tx.sipBan.deleteMany({ where: { until: { lt: new Date(now - DAY_MS) } } });
      const rows = await tx.sipBan.findMany({ orderBy: { since: 'desc' }, take: MAX_BANS });
      const oldest = rows.at(-1);
      if (rows.length === MAX_BANS && oldest !== undefined)
        await tx.sipBan.deleteMany({ where: { since: { lt: oldest.since } } });
      return rows.reverse().flatMap((row) => readBan(row) ?? []);
    });
  }

  /** @throws {CodedError} `DATABASE.UNAVAILABLE` */
  write({ keep, remove }: { readonly keep: readonly Ban[]; readonly remove: readonly string[] }): Promise<void> {
    return this.database.asSystem('bans', async (tx) => {
      if (remove.length > 0) await tx.sipBan.deleteMany({ where: { source: { in: [...remove] } } });
      if (keep.length > 0) await upsert(tx, keep);
    });
  }
}

type Row = NonNullable<Awaited<ReturnType<Tx['sipBan']['findFirst']>>>;

/** Undefined for a reason that this version does not know. */
function readBan(row: Row): Ban | undefined {
  const { source, reason, domain, times, dropped } = row;
  if (!isOffence(reason)) return undefined;
  const at = { since: row.since.getTime(), until: row.until.getTime() };
  return { source, reason, domain, ...at, times, dropped, lifted: readLift(row) };
}

function readLift({ liftedAt, liftedByUserId, liftedByName, liftedIn }: Row): Lift | null {
  if (liftedAt === null || liftedByUserId === null || liftedIn === null) return null;
  return {
    at: liftedAt.getTime(),
    byUserId: UserId.parse(liftedByUserId),
    byName: liftedByName ?? '',
    organisationId: OrganisationId.parse(liftedIn),
  };
}

function isOffence(text: string): text is Offence {
  return Object.hasOwn(OFFENCES, text);
}

/** As JSON, one parameter however many they are. */
async function upsert(tx: Tx, bans: readonly Ban[]): Promise<void> {
  const rows = bans.map(({ lifted, since, until, dropped, ...same }) => ({
    ...same,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    dropped: Math.min(dropped, MAX_DROPPED),
    lifted_at: lifted === null ? null : new Date(lifted.at).toISOString(),
    lifted_by_user_id: lifted?.byUserId ?? null,
    lifted_by_name: lifted?.byName ?? null,
    lifted_in: lifted?.organisationId ?? null,
  }));
  await tx.$executeRaw`
    INSERT INTO sip_ban (
      source, reason, domain, since, until, times, dropped, lifted_at, lifted_by_user_id, lifted_by_name, lifted_in
    )
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS kept(
      source text, reason text, domain text, since timestamptz, until timestamptz, times int, dropped int,
      lifted_at timestamptz, lifted_by_user_id uuid, lifted_by_name text, lifted_in uuid
    )
    ON CONFLICT (source) DO UPDATE SET
      reason = excluded.reason, domain = excluded.domain, since = excluded.since, until = excluded.until,
      times = excluded.times, dropped = excluded.dropped, lifted_at = excluded.lifted_at,
      lifted_by_user_id = excluded.lifted_by_user_id, lifted_by_name = excluded.lifted_by_name,
      lifted_in = excluded.lifted_in`;
}
