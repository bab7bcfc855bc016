import { CallRecord, type LiveCall } from '@carillon/contracts';
import { CallId } from '@carillon/domain';
import { CodedError } from '@carillon/service-runtime';
import { accepted } from '../http/refusals.js';
import type { ExplainedCall } from '../ladder/explain-call.js';
import { describeCall } from './call-history.js';
import { inOwnOrganisation, type Acting, type GatewayServices } from './gateway-services.js';

export type KnownCall = Pick<ExplainedCall, 'devices'> & {
  readonly call: NonNullable<ExplainedCall['call']>;
  /** Users in whose history it is. */
  readonly involved: readonly string[];
};

/** What the bus says while signalling starts, or is gone. */
const AWAY: ReadonlySet<string> = new Set(['BUS.NO_HANDLER', 'BUS.LOST', 'BUS.TIMEOUT']);

/** The call as it goes on, or as it was written down; undefined for what is no call of this organisation. */
export async function findCall(
  services: GatewayServices,
  acting: Acting,
  callId: string,
): Promise<KnownCall | undefined> {
  const id = CallId.safeParse(callId);
  if (!id.success) return undefined;
  const row = await inOwnOrganisation(services, acting, (tx) => tx.call.findUnique({ where: { id: id.data } }));
  const written = row === null ? undefined : CallRecord.safeParse(describeCall(row)).data;
  const isOver = row !== null && row.endedAt !== null;
  const calls = isOver ? [] : await liveCalls(services, acting, written !== undefined);
  const live = calls?.find((call) => call.callId === id.data);
  const call =
    live ?? (written && { ...written, ...(isOver ? { state: 'ended' as const } : withoutEnd(written, calls)) });
  if (call === undefined) return undefined;
  const ids = call.legs.flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]));
  const devices = await inOwnOrganisation(services, acting, (tx) =>
    tx.device.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } }),
  );
  const involved = row?.involvedUserIds ?? [call.from, call.to, ...call.legs].map(({ userId }) => userId ?? '');
  return { call, involved, devices: new Map(devices.map((device) => [device.id, device.name])) };
}

/** The calls that go on; undefined: nobody can say now, which is no failure where `isWritten` tells enough. */
async function liveCalls(
  { bus }: GatewayServices,
  { principal: { organisationId } }: Acting,
  isWritten: boolean,
): Promise<readonly LiveCall[] | undefined> {
  try {
    return accepted(await bus.call('call.list', { organisationId })).calls;
  } catch (error) {
    if (isWritten && error instanceof CodedError && AWAY.has(error.code)) return undefined;
    throw error;
  }
}

/** One without an end that is not among those that go on was cut off: how it ended was never written. */
function withoutEnd({ answeredAt }: CallRecord, calls: readonly LiveCall[] | undefined) {
  const now = answeredAt === null ? ('ringing' as const) : ('answered' as const);
  return { state: calls === undefined ? now : ('ended' as const), endedAt: null, outcome: null };
}
