import { z } from 'zod';
import { accepted, invalid } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { inOwnOrganisation, type GatewayServices } from './gateway-services.js';
import { sipAddresses } from './sip-addresses.js';

const Cursor = z.uuid();

export const overviewRoutes = (services: GatewayServices): RouteHandlers<'overview' | 'listAudit'> => ({
  async overview(request) {
    const { organisationId } = request.principal;
    const today = new Date(services.clock.now());
    today.setHours(0, 0, 0, 0);
    const [stored, registrations, calls] = await Promise.all([
      inOwnOrganisation(services, request, async (tx) => ({
        organisation: await tx.organisation.findUniqueOrThrow({ where: { id: organisationId } }),
        users: await tx.user.count({ where: { disabledAt: null } }),
        callsToday: await tx.call.count({ where: { startedAt: { gte: today } } }),
        missedToday: await tx.call.count({
          where: { startedAt: { gte: today }, outcome: { in: ['missed', 'voicemail'] } },
        }),
      })),
      services.bus.call('registration.list', { organisationId }),
      services.bus.call('call.list', { organisationId }),
    ]);
    const { organisation, ...counts } = stored;
    return {
      ...counts,
      registeredDevices: new Set(accepted(registrations).registrations.map(({ deviceId }) => deviceId)).size,
      callsNow: accepted(calls).calls.filter(({ state }) => state !== 'ended').length,
      sip: { domain: organisation.sipDomain, ...sipAddresses(services.settings, request.client.origin) },
    };
  },

  async listAudit(request) {
    const { cursor, limit } = request.query;
    if (cursor !== undefined && !Cursor.safeParse(cursor).success)
      throw invalid({ cursor: 'Not a cursor of this list' });
    // Ids are UUIDs of version 7: their order is that of time.
    const found = await inOwnOrganisation(services, request, (tx) =>
      tx.auditEntry.findMany({
        where: cursor === undefined ? {} : { id: { lt: cursor } },
        orderBy: { id: 'desc' },
        take: limit + 1,
      }),
    );
    const entries = found.slice(0, limit).map(({ id, at, actorName, address, action, target, change }) => ({
      ...{ auditId: id, at: at.toISOString(), actorName, address, action, target, change },
    }));
    return { entries, nextCursor: found.length > limit ? (entries.at(-1)?.auditId ?? null) : null };
  },
});
