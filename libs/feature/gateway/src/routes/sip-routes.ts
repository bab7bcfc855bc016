import { SipSettings } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import type { RouteHandlers } from '../http/route-types.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

/** What the system is for calls between an organisation's phones. */
export const sipRoutes = (services: GatewayServices): RouteHandlers<'sipChoices' | 'saveSipChoices'> => ({
  sipChoices: (request) =>
    inOwnOrganisation(services, request, (tx) => readChoices(tx, request.principal.organisationId)),

  saveSipChoices: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId } = request.principal;
      const before = await readChoices(tx, organisationId);
      const after: SipSettings = { sipRole: request.body.sipRole };
      // What others keep in there stays.
      await tx.$executeRaw`
        UPDATE organisation SET settings = settings || ${JSON.stringify(after)}::jsonb WHERE id = ${organisationId}::uuid`;
      await services.audit.record(tx, {
        ...{ actor: actorOf(request), action: 'sip-role.changed', target: 'SIP' },
        ...{ before, after },
      });
      return after;
    }),
});

async function readChoices(tx: Tx, organisationId: string): Promise<SipSettings> {
  const { settings } = await tx.organisation.findUniqueOrThrow({ where: { id: organisationId } });
  return SipSettings.safeParse(settings).data ?? SipSettings.parse({});
}
