import { MAX_SAFE_NETWORKS } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import { CodedError } from '@carillon/service-runtime';
import { notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { actorOf, type GatewayServices } from './gateway-services.js';

type Row = NonNullable<Awaited<ReturnType<Tx['sipSafeNetwork']['findFirst']>>>;
type SafeNetworkRoutes = 'listSafeNetworks' | 'addSafeNetwork' | 'removeSafeNetwork';

/** Networks of the installation that are never banned: operators' work, with an audit entry in their own organisation. */
export const safeNetworkRoutes = (services: GatewayServices): RouteHandlers<SafeNetworkRoutes> => ({
  async listSafeNetworks() {
    const rows = await services.database.asSystem('safe networks', (tx) =>
      tx.sipSafeNetwork.findMany({ orderBy: [{ addedAt: 'desc' }, { id: 'desc' }] }),
    );
    return rows.map(describe);
  },

  async addSafeNetwork(request) {
    const { network, note } = request.body;
    const { userId, displayName, organisationId } = request.principal;
    const row = await change(services, async (tx) => {
      if ((await tx.sipSafeNetwork.findUnique({ where: { network } })) !== null)
        throw new CodedError('BORDER.NETWORK_KNOWN', `${network} is in the list already`);
      if ((await tx.sipSafeNetwork.count()) >= MAX_SAFE_NETWORKS)
        throw new CodedError(
          'BORDER.TOO_MANY_NETWORKS',
          `There are ${MAX_SAFE_NETWORKS} networks already: remove some, or put neighbours together`,
        );
      const by = { addedByUserId: userId, addedByName: displayName, addedIn: organisationId };
      const added = await tx.sipSafeNetwork.create({
        data: { network, note, addedAt: new Date(services.clock.now()), ...by },
      });
      const entry = { actor: actorOf(request), action: 'safe-network.added', target: network, after: { note } };
      await services.audit.record(tx, entry);
      return added;
    });
    return describe(row);
  },

  async removeSafeNetwork(request) {
    await change(services, async (tx) => {
      const where = { id: request.params.safeNetworkId };
      const row = await tx.sipSafeNetwork.findUnique({ where });
      if (row === null) throw notFound('This network is not in the list any more');
      await tx.sipSafeNetwork.delete({ where });
      const { network, note } = row;
      const entry = { actor: actorOf(request), action: 'safe-network.removed', target: network, before: { note } };
      await services.audit.record(tx, entry);
    });
  },
});

/** In one transaction, one after the other; then signalling is told. */
async function change<Result>({ database, bus }: GatewayServices, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const result = await database.asSystem('safe networks', async (tx) => {
    await tx.$executeRaw`LOCK TABLE sip_safe_network IN SHARE ROW EXCLUSIVE MODE`;
    return work(tx);
  });
  bus.publish('border.safe-networks-changed', {});
  return result;
}

function describe({ id, network, note, addedAt, addedByName }: Row) {
  return { safeNetworkId: id, network, note, addedAt: addedAt.toISOString(), addedBy: addedByName };
}
