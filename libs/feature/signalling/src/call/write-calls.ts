import { jsonText, type Database } from '@carillon/database';
import type { CallRecord } from './call-records.js';
import { involvedUsers } from './live-call.js';

/**
 * Writes the present state of calls of one organisation, each once, in one statement. What was known later stays.
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export async function writeCalls(database: Database, records: readonly CallRecord[]): Promise<void> {
  const organisationId = records[0]?.call.organisationId;
  if (organisationId === undefined) return;
  // Sorted, so that two processes lock rows in the same order.
  const rows = records.map(rowOf).sort((a, b) => (a.id < b.id ? -1 : 1));
  await database.writeForOrganisation(organisationId, {
    name: 'write-calls',
    text: WRITE_CALLS,
    values: [organisationId, jsonText(rows)],
  });
}

const WRITE_CALLS = `
      INSERT INTO call (
        id, organisation_id, direction, from_number, from_name, from_user_id, to_number, to_name, to_user_id, to_kind,
        started_at, answered_at, ended_at, outcome, end_reason, sip_status, legs, involved_user_ids, revision
      )
      SELECT id, $1::uuid, direction, from_number, from_name, from_user_id, to_number, to_name, to_user_id,
        to_kind, started_at, answered_at, ended_at, outcome, end_reason, sip_status, legs, involved_user_ids, revision
      FROM jsonb_to_recordset($2::jsonb) AS record(
        id uuid, direction text, from_number text, from_name text, from_user_id uuid, to_number text, to_name text,
        to_user_id uuid, to_kind text, started_at timestamptz, answered_at timestamptz, ended_at timestamptz, outcome text,
        end_reason text, sip_status int, legs jsonb, involved_user_ids uuid[], revision int
      )
      ON CONFLICT (id) DO UPDATE SET
        to_number = excluded.to_number, to_name = excluded.to_name, to_user_id = excluded.to_user_id,
        to_kind = excluded.to_kind, answered_at = excluded.answered_at, ended_at = excluded.ended_at,
        outcome = excluded.outcome, end_reason = excluded.end_reason, sip_status = excluded.sip_status,
        legs = excluded.legs, involved_user_ids = excluded.involved_user_ids, revision = excluded.revision
      WHERE call.revision <= excluded.revision`;

/** By column. */
function rowOf({ call, legs }: CallRecord) {
  return {
    id: call.callId,
    direction: call.direction,
    from_number: call.from.number,
    from_name: call.from.name,
    from_user_id: call.from.userId,
    to_number: call.to.number,
    to_name: call.to.name,
    to_user_id: call.to.userId,
    to_kind: call.to.kind,
    started_at: call.startedAt,
    answered_at: call.answeredAt,
    ended_at: call.endedAt,
    outcome: call.outcome,
    end_reason: call.endReason,
    sip_status: call.sipStatus,
    legs: legs(),
    involved_user_ids: involvedUsers(call),
    revision: call.revision,
  };
}
