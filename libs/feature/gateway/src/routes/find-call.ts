import { CallRecord } from '@carillon/contracts';
import { CallId } from '@carillon/domain';
import { accepted } from '../http/refusals.js';
import type { ExplainedCall } from '../ladder/explain-call.js';
import { describeCall } from './call-history.js';
import { inOwnOrganisation, type Acting, type GatewayServices } from './gateway-services.js';

export type KnownCall = Pick<ExplainedCall, 'devices'> & {
  readonly call: NonNullable<ExplainedCall['call']>;
  /** Users in whose history it is. */
  readonly involved: readonly string[];
};

/** The call as it goes on, or as it was written down; undefined for what is no call of this organisation. */
export async function findCall(
  services: GatewayServices,
  acting: Acting,
  callId: string,
): Promise<KnownCall | undefined> {
  const id = CallId.safeParse(callId);
  if (!id.success) return undefined;
  const { organisationId } = acting.principal;
  const { calls } = accepted(await services.bus.call('call.list', { organisationId }));
  const live = calls.find((call) => call.callId === callId);
  return inOwnOrganisation(services, acting, async (tx) => {
    const row = live === undefined ? await tx.call.findUnique({ where: { id: callId } }) : null;
    const written = row === null ? undefined : CallRecord.safeParse(describeCall(row)).data;
    // One without an end was cut off, or is another process's.
    const progress =
      row?.endedAt === null
        ? { state: 'answered' as const, endedAt: null, outcome: null }
        : { state: 'ended' as const };
    const call = live ?? (written && { ...written, ...progress });
    if (call === undefined) return undefined;
    const ids = call.legs.flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]));
    const devices = await tx.device.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
    const involved = row?.involvedUserIds ?? [call.from, call.to, ...call.legs].map(({ userId }) => userId ?? '');
    return { call, involved, devices: new Map(devices.map((device) => [device.id, device.name])) };
  });
}
