import { DiagnosticsSettings } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import { sealHepKey } from '@carillon/identity';
import { accepted } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

type DiagnosticsRoutes = 'diagnostics' | 'saveDiagnostics' | 'testHep';

export const diagnosticsRoutes = (services: GatewayServices): RouteHandlers<DiagnosticsRoutes> => ({
  diagnostics: (request) =>
    inOwnOrganisation(services, request, (tx) => describeDiagnostics(tx, request.principal.organisationId)),

  saveDiagnostics: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId } = request.principal;
      const before = await readSettings(tx, organisationId);
      const { authKey, ...hep } = request.body.hep;
      const authKeySealed =
        authKey === undefined ? before.hep.authKeySealed : authKey === null ? null : sealHepKey(services.box, authKey);
      const after: DiagnosticsSettings = { ladder: request.body.ladder, hep: { ...hep, authKeySealed } };
      // What others keep in there stays.
      await tx.$executeRaw`
        UPDATE organisation SET settings = settings || ${JSON.stringify(after)}::jsonb WHERE id = ${organisationId}::uuid`;
      await services.audit.record(tx, {
        ...{ actor: actorOf(request), action: 'diagnostics.changed', target: 'Diagnostics' },
        ...{ before, after },
      });
      return describeDiagnostics(tx, organisationId);
    }),

  async testHep({ principal: { organisationId } }) {
    const { detail } = accepted(await services.bus.call('ladder.test-hep', { organisationId }));
    return { detail };
  },
});

async function readSettings(tx: Tx, organisationId: string): Promise<DiagnosticsSettings> {
  const { settings } = await tx.organisation.findUniqueOrThrow({ where: { id: organisationId } });
  return DiagnosticsSettings.safeParse(settings).data ?? DiagnosticsSettings.parse({});
}

async function describeDiagnostics(tx: Tx, organisationId: string) {
  const { ladder, hep } = await readSettings(tx, organisationId);
  const { authKeySealed, ...shown } = hep;
  const [kept] = await tx.$queryRaw<{ calls: number; bytes: number }[]>`
    SELECT count(*)::int AS calls, coalesce(sum(size), 0)::float8 AS bytes FROM call_ladder`;
  return {
    ladder,
    hep: { ...shown, hasAuthKey: authKeySealed !== null },
    kept: kept ?? { calls: 0, bytes: 0 },
  };
}
