import type { Ladder } from '@carillon/contracts';
import type { Database } from '@carillon/database';
import type { CallId, OrganisationId } from '@carillon/domain';
import { decodeLadder } from './ladder-document.js';
import type { LadderWriter } from './ladder-writer.js';
import type { Ladders } from './ladders.js';

/**
 * The newest there is of a call: from memory, from what waits for the database, or from the database.
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export async function readLadder(
  { database, ladders, writer }: { database: Database; ladders: Ladders; writer: LadderWriter },
  organisationId: OrganisationId,
  callId: CallId,
): Promise<Ladder | undefined> {
  const live = ladders.read(organisationId, callId);
  if (live !== undefined) return live;
  const pending = writer.pending(callId, organisationId);
  if (pending !== undefined) return decodeLadder(pending.data);
  const row = await database.forOrganisation(organisationId, (tx) => tx.callLadder.findUnique({ where: { callId } }));
  const stored = row === null ? undefined : await decodeLadder(row.data);
  // Written while the call went on, by a process that ended before it.
  return stored === undefined ? undefined : { ...stored, live: false };
}
