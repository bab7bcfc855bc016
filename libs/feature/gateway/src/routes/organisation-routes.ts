import type { RouteHandlers } from '../http/route-types.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, type GatewayServices } from './gateway-services.js';

/** What an organisation is called. */
export const organisationRoutes = (services: GatewayServices): RouteHandlers<'renameOrganisation'> => ({
  renameOrganisation: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { name } = request.body;
      const where = { id: request.principal.organisationId };
      const { name: before } = await tx.organisation.findUniqueOrThrow({ where });
      if (before === name) return { name };
      await tx.organisation.update({ where, data: { name } });
      await services.audit.record(tx, {
        ...{ actor: actorOf(request), action: 'organisation.renamed', target: name },
        ...{ before: { name: before }, after: { name } },
      });
      return { name };
    }),
});
