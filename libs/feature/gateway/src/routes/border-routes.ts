import { accepted, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

/** Who is kept out of SIP. */
export const borderRoutes = (services: GatewayServices): RouteHandlers<'border' | 'liftBan'> => ({
  async border({ principal: { organisationId } }) {
    return accepted(await services.bus.call('border.describe', { organisationId })).state;
  },

  async liftBan(request) {
    const { organisationId, userId, displayName } = request.principal;
    const { source } = request.body;
    const by = { userId, displayName };
    const outcome = await services.bus.call('border.lift-ban', { organisationId, source, by });
    if (!outcome.ok && outcome.code === 'BORDER.NOT_BANNED') throw notFound('This source is not banned');
    accepted(outcome);
    await inOwnOrganisation(services, request, (tx) =>
      services.audit.record(tx, { actor: actorOf(request), action: 'ban.lifted', target: source }),
    );
  },
});
