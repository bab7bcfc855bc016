import type { Ladder } from '@carillon/contracts';
import type { Database } from '@carillon/database';
import type { CallId, OrganisationId } from '@carillon/domain';
import { decodeLadder } from './ladder-document.js';
import { joinLadders, ladderPartId, laterPartIds } from './ladder-parts.js';
import type { LadderWriter } from './ladder-writer.js';
import type { Ladders } from './ladders.js';

interface Sources {
  readonly database: Database;
  readonly ladders: Ladders;
  readonly writer: LadderWriter;
}

/**
 * The newest there is of a call, in whichever processes it was: from memory, from what waits for the database, or from
 * the database.
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export async function readLadder(
  sources: Sources,
  organisationId: OrganisationId,
  callId: CallId,
): Promise<Ladder | undefined> {
  const { ladders } = sources;
  const live = ladders.read(organisationId, callId);
  const part = ladders.partOf(callId);
  // It began here, and is here: no other process has had it.
  if (live?.live === true && part === 0) return live;
  const liveId = live === undefined ? undefined : ladderPartId(callId, part);
  const ids = [callId, ...laterPartIds(callId)];
  const stored = await readStored(
    sources,
    organisationId,
    ids.filter((id) => id !== liveId),
  );
  const parts = ids.flatMap((id) => (id === liveId ? live : stored.get(id)) ?? []);
  return joinLadders(callId, parts);
}

async function readStored(
  { database, writer }: Sources,
  organisationId: OrganisationId,
  ids: readonly CallId[],
): Promise<ReadonlyMap<string, Ladder>> {
  const found = new Map<string, Ladder>();
  const where = { callId: { in: [...ids] } };
  const rows = await database.forOrganisation(organisationId, (tx) => tx.callLadder.findMany({ where }));
  for (const { callId, data } of rows) {
    const stored = await decodeLadder(data);
    // Written while the call went on, by a process that ended before it.
    if (stored !== undefined) found.set(callId, { ...stored, live: false });
  }
  for (const id of ids) {
    const pending = writer.pending(id, organisationId);
    const waiting = pending === undefined ? undefined : await decodeLadder(pending.data);
    if (waiting !== undefined) found.set(id, waiting);
  }
  return found;
}
