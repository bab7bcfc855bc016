import type { Ladder } from '@carillon/contracts';
import type { Database } from '@carillon/database';
import type { CallId, OrganisationId } from '@carillon/domain';
import { readLadderDocument } from './ladder-document.js';
import { joinLadders, ladderPartId, laterPartIds } from './ladder-parts.js';
import type { LadderWriter } from './ladder-writer.js';
import type { Ladders } from './ladders.js';

interface Sources {
  readonly database: Database;
  readonly ladders: Pick<Ladders, 'read' | 'partOf'>;
  readonly writer: Pick<LadderWriter, 'pending'>;
}

/**
 * The newest there is of a call, in whichever processes it was: what is in the database, what waits for it, and what is
 * in memory, one behind the other.
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export async function readLadder(
  { database, ladders, writer }: Sources,
  organisationId: OrganisationId,
  callId: CallId,
): Promise<Ladder | undefined> {
  const ids = [callId, ...laterPartIds(callId)];
  const here = ladderPartId(callId, ladders.partOf(callId));
  const inMemory = ladders.read(organisationId, callId);
  // Before the database is asked: what is written meanwhile is read twice, and counts once.
  const newer = new Map(ids.map((id) => [id, writer.pending(id, organisationId)]));
  if (inMemory !== undefined) newer.get(here)?.push(inMemory.data);
  const where = { callId: { in: ids } };
  const rows = await database.forOrganisation(organisationId, (tx) => tx.callLadder.findMany({ where }));
  const parts: Ladder[] = [];
  for (const id of ids) {
    const stored = rows.find((row) => row.callId === id)?.data;
    const data = Buffer.concat([...(stored === undefined ? [] : [stored]), ...(newer.get(id) ?? [])]);
    const part = data.length === 0 ? undefined : await readLadderDocument(callId, data);
    // What another process has written may be of one that ended before the call.
    if (part !== undefined) parts.push({ ...part, live: id === here && inMemory?.live === true });
  }
  return joinLadders(callId, parts);
}
