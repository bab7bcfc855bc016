import type { Database, Tx } from '@carillon/database';
import { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { Binding } from './binding.js';
import { GroupCommit } from './group-commit.js';
import { settleChanges, type BindingChange } from './settle-changes.js';

/** The bindings in the database: written before a REGISTER is answered, read at start. */
export class BindingRecords {
  private readonly commits: GroupCommit<BindingChange>;

  constructor(private readonly database: Database) {
    this.commits = new GroupCommit((organisationId, changes) =>
      database.forOrganisation(organisationId, (tx) => commit(tx, organisationId, changes)),
    );
  }

  /**
   * Resolves when it is committed, together with what other devices of the organisation change at this moment.
   * @throws {CodedError} `DATABASE.UNAVAILABLE`
   */
  write(
    organisationId: OrganisationId,
    { keep, remove }: { readonly keep: readonly Binding[]; readonly remove: readonly Binding[] },
  ): Promise<void> {
    return this.commits.write(organisationId, [
      ...remove.map((binding) => ({ kind: 'remove' as const, binding })),
      ...keep.map((binding) => ({ kind: 'keep' as const, binding })),
    ]);
  }

  /** Every binding of every organisation that is still good, and forgets the rest. */
  async readLive(now: number): Promise<Binding[]> {
    const rows = await this.database.asSystem('registrations at start', async (tx) => {
      await tx.registrationBinding.deleteMany({ where: { expiresAt: { lte: new Date(now) } } });
      return tx.registrationBinding.findMany({ include: { device: true } });
    });
    return rows.flatMap((row): Binding[] => {
      if (row.device.disabledAt !== null || (row.protocol !== 'udp' && row.protocol !== 'tcp' && row.protocol !== 'ws'))
        return [];
      return [
        {
          device: {
            organisationId: OrganisationId.parse(row.organisationId),
            userId: UserId.parse(row.device.userId),
            deviceId: DeviceId.parse(row.deviceId),
            sipUsername: row.device.sipUsername,
            deviceName: row.device.name,
          },
          contactUri: row.contactUri,
          protocol: row.protocol,
          source: row.source,
          flowId: null,
          callId: row.callId,
          cseq: Number(row.cseq),
          q: row.priority / 1000,
          userAgent: row.userAgent,
          registeredAt: row.registeredAt.getTime(),
          expiresAt: row.expiresAt.getTime(),
        },
      ];
    });
  }
}

/** One statement for all that goes, one for all that stays. */
async function commit(tx: Tx, organisationId: string, changes: readonly BindingChange[]): Promise<void> {
  const { keep, remove } = settleChanges(changes);
  if (remove.length > 0) await deleteRows(tx, remove);
  if (keep.length > 0) await upsertRows(tx, organisationId, keep);
}

/** Not what the same contact has registered since. */
async function deleteRows(tx: Tx, bindings: readonly Binding[]): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM registration_binding AS binding
    USING jsonb_to_recordset(${rowsOf(bindings)}::jsonb) AS gone(device_id uuid, contact_uri text, registered_at timestamptz)
    WHERE binding.device_id = gone.device_id
      AND binding.contact_uri = gone.contact_uri
      AND binding.registered_at <= gone.registered_at`;
}

/** `device.last_registered_at` is kept to the hour, so that a refresh does not write a second row. */
async function upsertRows(tx: Tx, organisationId: string, bindings: readonly Binding[]): Promise<void> {
  await tx.$executeRaw`
    WITH written AS (
      INSERT INTO registration_binding (
        id, organisation_id, device_id, binding_key, contact_uri, source, protocol, call_id, cseq, priority, path, user_agent,
        registered_at, expires_at
      )
      SELECT gen_random_uuid(), ${organisationId}::uuid, device_id, contact_uri, contact_uri, source, protocol, call_id, cseq, priority,
        '{}', user_agent, registered_at, expires_at
      FROM jsonb_to_recordset(${rowsOf(bindings)}::jsonb) AS kept(
        device_id uuid, contact_uri text, source text, protocol text, call_id text, cseq bigint, priority int,
        user_agent text, registered_at timestamptz, expires_at timestamptz
      )
      ON CONFLICT (device_id, binding_key) DO UPDATE SET
        source = excluded.source, protocol = excluded.protocol, call_id = excluded.call_id, cseq = excluded.cseq,
        priority = excluded.priority, user_agent = excluded.user_agent, registered_at = excluded.registered_at,
        expires_at = excluded.expires_at
      RETURNING device_id, registered_at
    )
    UPDATE device SET last_registered_at = written.registered_at
    FROM written
    WHERE device.id = written.device_id
      AND (device.last_registered_at IS NULL OR device.last_registered_at < written.registered_at - interval '1 hour')`;
}

/** As JSON, one parameter however many they are. */
function rowsOf(bindings: readonly Binding[]): string {
  return JSON.stringify(
    bindings.map((binding) => ({
      device_id: binding.device.deviceId,
      contact_uri: binding.contactUri,
      source: binding.source,
      protocol: binding.protocol,
      call_id: binding.callId,
      cseq: binding.cseq,
      priority: Math.round(binding.q * 1000),
      user_agent: binding.userAgent,
      registered_at: new Date(binding.registeredAt).toISOString(),
      expires_at: new Date(binding.expiresAt).toISOString(),
    })),
  );
}
