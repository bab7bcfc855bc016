import { jsonText, type Database, type Tx } from '@carillon/database';
import { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { TransportProtocol } from '@carillon/sip-stack';
import type { Binding, DeviceIdentity } from './binding.js';
import { readContact } from './read-contact.js';
import { GroupCommit } from './group-commit.js';
import { STORED_EXPIRY_GRACE_MS } from './refresh-writer.js';
import { settleChanges, type SettledChange } from './settle-changes.js';

const PROTOCOLS: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'ws', 'wss']);

/** The bindings in the database: written before a REGISTER that changes them is answered, read at start. */
export class BindingRecords {
  private readonly commits: GroupCommit<SettledChange>;

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

  /**
   * Writes how long bindings that are there already are good for now. What is gone stays gone.
   * @throws {CodedError} `DATABASE.UNAVAILABLE`
   */
  async writeTimes(organisationId: OrganisationId, bindings: readonly Binding[]): Promise<void> {
    await this.database.forOrganisation(organisationId, (tx) => updateTimes(tx, bindings));
  }

  /**
   * Every binding of every organisation that may still be good, and forgets the rest. Refreshes are written behind, so
   * each is given the time that it may have been renewed by without a trace.
   */
  async readLive(now: number): Promise<Binding[]> {
    const rows = await this.database.asSystem('registrations at start', async (tx) => {
      const lapsed = new Date(now - STORED_EXPIRY_GRACE_MS);
      await tx.registrationBinding.deleteMany({ where: { expiresAt: { lte: lapsed } } });
      return tx.registrationBinding.findMany({ include: { device: true } });
    });
    const devices = new Map<string, DeviceIdentity>();
    return rows.flatMap((row): Binding[] => {
      const { device: owner, contactUri } = row;
      if (owner.disabledAt !== null || !isProtocol(row.protocol)) return [];
      const device: DeviceIdentity = devices.get(owner.id) ?? {
        organisationId: OrganisationId.parse(row.organisationId),
        userId: UserId.parse(owner.userId),
        deviceId: DeviceId.parse(owner.id),
        sipUsername: owner.sipUsername,
        deviceName: owner.name,
      };
      devices.set(owner.id, device);
      const contact = readContact(row.contact) ?? { contactText: '', contactParameters: '', contactExpires: undefined };
      return [
        {
          device,
          key: row.bindingKey,
          ...contact,
          contactUri,
          protocol: row.protocol,
          source: row.source,
          behindNat: row.behindNat,
          flowId: null,
          path: row.path,
          instance: row.instance,
          regId: row.regId,
          gruuId: row.gruuId,
          callId: row.callId,
          cseq: Number(row.cseq),
          branchHash: 0,
          q: row.priority / 1000,
          allow: row.allow,
          userAgent: row.userAgent,
          createdAt: row.createdAt.getTime(),
          registeredAt: row.registeredAt.getTime(),
          expiresAt: row.expiresAt.getTime() + STORED_EXPIRY_GRACE_MS,
        },
      ];
    });
  }
}

function isProtocol(text: string): text is TransportProtocol {
  return PROTOCOLS.has(text);
}

/** One statement for all that goes, one for all that stays. */
async function commit(tx: Tx, organisationId: string, changes: readonly SettledChange[]): Promise<void> {
  const { keep, remove } = settleChanges(changes);
  if (remove.length > 0) await deleteRows(tx, remove);
  if (keep.length > 0) await upsertRows(tx, organisationId, keep);
}

/** Not what the same contact has registered since. */
async function deleteRows(tx: Tx, bindings: readonly Binding[]): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM registration_binding AS binding
    USING jsonb_to_recordset(${keysOf(bindings)}::jsonb) AS gone(device_id uuid, binding_key text, registered_at timestamptz)
    WHERE binding.device_id = gone.device_id
      AND binding.binding_key = gone.binding_key
      AND binding.registered_at <= gone.registered_at`;
}

/** Touches no indexed column, so that PostgreSQL writes no index. */
async function updateTimes(tx: Tx, bindings: readonly Binding[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE registration_binding AS binding
    SET call_id = now.call_id, cseq = now.cseq, registered_at = now.registered_at, expires_at = now.expires_at
    FROM jsonb_to_recordset(${keysOf(bindings)}::jsonb) AS now(
      device_id uuid, binding_key text, call_id text, cseq bigint, registered_at timestamptz, expires_at timestamptz
    )
    WHERE binding.device_id = now.device_id AND binding.binding_key = now.binding_key`;
}

/** `device.last_registered_at` is kept to the hour, so that a new contact does not always write a second row. */
async function upsertRows(tx: Tx, organisationId: string, bindings: readonly Binding[]): Promise<void> {
  await tx.$executeRaw`
    WITH written AS (
      INSERT INTO registration_binding (
        id, organisation_id, device_id, binding_key, contact, contact_uri, source, protocol, behind_nat, call_id, cseq,
        priority, path, instance, reg_id, gruu_id, allow, user_agent, created_at, registered_at, expires_at
      )
      SELECT gen_random_uuid(), ${organisationId}::uuid, device_id, binding_key, contact, contact_uri, source, protocol,
        behind_nat, call_id, cseq, priority, ARRAY(SELECT jsonb_array_elements_text(path)), instance, reg_id, gruu_id,
        allow, user_agent, created_at, registered_at, expires_at
      FROM jsonb_to_recordset(${rowsOf(bindings)}::jsonb) AS kept(
        device_id uuid, binding_key text, contact text, contact_uri text, source text, protocol text, behind_nat boolean,
        call_id text, cseq bigint, priority int, path jsonb, instance text, reg_id int, gruu_id text, allow text,
        user_agent text, created_at timestamptz, registered_at timestamptz, expires_at timestamptz
      )
      ON CONFLICT (device_id, binding_key) DO UPDATE SET
        contact = excluded.contact, contact_uri = excluded.contact_uri, source = excluded.source,
        protocol = excluded.protocol, behind_nat = excluded.behind_nat, call_id = excluded.call_id, cseq = excluded.cseq,
        priority = excluded.priority, path = excluded.path, instance = excluded.instance, reg_id = excluded.reg_id,
        gruu_id = excluded.gruu_id, allow = excluded.allow, user_agent = excluded.user_agent, created_at = excluded.created_at,
        registered_at = excluded.registered_at, expires_at = excluded.expires_at
      RETURNING device_id, registered_at
    )
    UPDATE device SET last_registered_at = written.registered_at
    FROM written
    WHERE device.id = written.device_id
      AND (device.last_registered_at IS NULL OR device.last_registered_at < written.registered_at - interval '1 hour')`;
}

/** As JSON, one parameter however many they are. */
function keysOf(bindings: readonly Binding[]): string {
  return jsonText(bindings.map(timesOf));
}

function rowsOf(bindings: readonly Binding[]): string {
  return jsonText(
    bindings.map((binding) => ({
      ...timesOf(binding),
      contact: binding.contactText,
      contact_uri: binding.contactUri,
      source: binding.source,
      protocol: binding.protocol,
      behind_nat: binding.behindNat,
      priority: Math.round(binding.q * 1000),
      path: binding.path,
      instance: binding.instance,
      reg_id: binding.regId,
      gruu_id: binding.gruuId,
      allow: binding.allow,
      user_agent: binding.userAgent,
      created_at: new Date(binding.createdAt).toISOString(),
    })),
  );
}

function timesOf(binding: Binding) {
  return {
    device_id: binding.device.deviceId,
    binding_key: binding.key,
    call_id: binding.callId,
    cseq: binding.cseq,
    registered_at: new Date(binding.registeredAt).toISOString(),
    expires_at: new Date(binding.expiresAt).toISOString(),
  };
}
