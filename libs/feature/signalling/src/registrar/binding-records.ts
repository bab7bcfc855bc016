import type { Database } from '@carillon/database';
import { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { Binding } from './binding.js';

/** The bindings in the database: written before a REGISTER is answered, read at start. */
export class BindingRecords {
  constructor(private readonly database: Database) {}

  /** @throws {CodedError} `DATABASE.UNAVAILABLE` */
  async write(
    organisationId: OrganisationId,
    { keep, remove }: { readonly keep: readonly Binding[]; readonly remove: readonly Binding[] },
  ): Promise<void> {
    await this.database.forOrganisation(organisationId, async (tx) => {
      for (const { device, contactUri } of remove)
        await tx.registrationBinding.deleteMany({ where: { deviceId: device.deviceId, contactUri } });
      for (const binding of keep) {
        const { contactUri, device } = binding;
        const columns = columnsOf(binding);
        await tx.registrationBinding.upsert({
          where: { deviceId_contactUri: { deviceId: device.deviceId, contactUri } },
          create: { organisationId, deviceId: device.deviceId, contactUri, ...columns },
          update: columns,
        });
      }
      const [newest] = keep;
      if (newest !== undefined)
        await tx.device.updateMany({
          where: { id: newest.device.deviceId },
          data: { lastRegisteredAt: new Date(newest.registeredAt) },
        });
    });
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

function columnsOf(binding: Binding) {
  return {
    source: binding.source,
    protocol: binding.protocol,
    callId: binding.callId,
    cseq: BigInt(binding.cseq),
    priority: Math.round(binding.q * 1000),
    userAgent: binding.userAgent,
    registeredAt: new Date(binding.registeredAt),
    expiresAt: new Date(binding.expiresAt),
  };
}
