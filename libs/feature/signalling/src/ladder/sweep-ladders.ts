import type { LadderSettings } from '@carillon/contracts';
import type { Database } from '@carillon/database';
import type { OrganisationId } from '@carillon/domain';

const DAY_MS = 86_400_000;
const MEGABYTE = 1024 * 1024;
/** Rows in one transaction: a long one would hold up the writers. */
const BATCH = 2_000;

/**
 * Removes an organisation's ladders that are too old, and then the oldest ones until the rest is not too large.
 * @returns how many went
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export async function sweepLadders(
  database: Database,
  organisationId: OrganisationId,
  { keepDays, maxMegabytes, now }: LadderSettings & { readonly now: number },
): Promise<number> {
  const oldest = new Date(now - keepDays * DAY_MS);
  const limit = maxMegabytes * MEGABYTE;
  let removed = 0;
  for (;;) {
    const count = await database.forOrganisation(
      organisationId,
      (tx) => tx.$executeRaw`
        DELETE FROM call_ladder WHERE call_id IN (
          SELECT call_id FROM call_ladder WHERE created_at < ${oldest} ORDER BY created_at LIMIT ${BATCH}
        )`,
    );
    removed += count;
    if (count < BATCH) break;
  }
  for (;;) {
    // The newest that fit stay: what lies beyond their running total goes.
    const count = await database.forOrganisation(
      organisationId,
      (tx) => tx.$executeRaw`
        DELETE FROM call_ladder WHERE call_id IN (
          SELECT call_id FROM (
            SELECT call_id, created_at, sum(size) OVER (ORDER BY created_at DESC, call_id DESC) AS total FROM call_ladder
          ) AS kept
          WHERE total > ${limit} ORDER BY created_at LIMIT ${BATCH}
        )`,
    );
    removed += count;
    if (count < BATCH) break;
  }
  return removed;
}
