import { NumberRule, TrunkEncryption, TrunkNumber, type SaveTrunk, type TrunkState } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import { sealTrunkPassword } from '@carillon/identity';
import { z } from 'zod';
import { accepted, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

const Rules = z.array(NumberRule);
const Numbers = z.array(TrunkNumber);
const Transport = z.enum(['udp', 'tcp', 'tls']);
const Identity = z.enum(['main', 'user']);

async function findTrunk(tx: Tx, id: string) {
  const trunk = await tx.trunk.findUnique({ where: { id } });
  if (trunk === null) throw notFound('There is no such trunk');
  return trunk;
}

/** Without the password, sealed or not: also for the audit. */
function describe(row: Awaited<ReturnType<typeof findTrunk>>) {
  const { id, organisationId: _, passwordSealed, createdAt: __, ...fields } = row;
  return {
    ...fields,
    trunkId: id,
    transport: Transport.parse(fields.transport),
    callerIdentity: Identity.parse(fields.callerIdentity),
    mediaEncryption: TrunkEncryption.parse(fields.mediaEncryption),
    outbound: Rules.parse(fields.outbound),
    inbound: Numbers.parse(fields.inbound),
    hasPassword: passwordSealed !== null,
  };
}

/** @returns the columns; an absent password leaves the stored one */
function columnsOf({ box }: GatewayServices, { password, ...fields }: z.output<typeof SaveTrunk>) {
  if (password === undefined) return fields;
  return { ...fields, passwordSealed: password === null ? null : sealTrunkPassword(box, password) };
}

type TrunkRoutes = 'listTrunks' | 'createTrunk' | 'updateTrunk' | 'deleteTrunk' | 'testTrunk';

export const trunkRoutes = (services: GatewayServices): RouteHandlers<TrunkRoutes> => {
  const stateOf = async (organisationId: Parameters<typeof statesOf>[1]) => statesOf(services, organisationId);
  return {
    async listTrunks(request) {
      const [rows, states] = await Promise.all([
        inOwnOrganisation(services, request, (tx) =>
          tx.trunk.findMany({ orderBy: [{ priority: 'asc' }, { name: 'asc' }] }),
        ),
        stateOf(request.principal.organisationId),
      ]);
      return rows.map((row) => ({ ...describe(row), state: states.get(row.id) ?? null }));
    },

    createTrunk: (request) =>
      changeDirectory(services, request, async (tx) => {
        const { organisationId } = request.principal;
        const row = await tx.trunk.create({ data: { organisationId, ...columnsOf(services, request.body) } });
        const after = describe(row);
        await services.audit.record(tx, {
          ...{ actor: actorOf(request), action: 'trunk.created', target: row.name, after },
        });
        return { ...after, state: null };
      }),

    updateTrunk: (request) =>
      changeDirectory(services, request, async (tx) => {
        const before = await findTrunk(tx, request.params.trunkId);
        const row = await tx.trunk.update({ where: { id: before.id }, data: columnsOf(services, request.body) });
        const after = describe(row);
        await services.audit.record(tx, {
          ...{ actor: actorOf(request), action: 'trunk.updated', target: row.name, before: describe(before) },
          after: { ...after, ...(request.body.password === undefined ? {} : { passwordChanged: true }) },
        });
        return { ...after, state: null };
      }),

    deleteTrunk: (request) =>
      changeDirectory(services, request, async (tx) => {
        const before = await findTrunk(tx, request.params.trunkId);
        await tx.trunk.delete({ where: { id: before.id } });
        await services.audit.record(tx, {
          ...{ actor: actorOf(request), action: 'trunk.deleted', target: before.name, before: describe(before) },
        });
      }),

    async testTrunk(request) {
      const { organisationId } = request.principal;
      const { id } = await inOwnOrganisation(services, request, (tx) => findTrunk(tx, request.params.trunkId));
      const { ok: _, ...probe } = accepted(await services.bus.call('trunk.test', { organisationId, trunkId: id }));
      return probe;
    },
  };
};

/** How the trunks are doing; nothing while signalling does not answer, since the list is needed to repair it. */
async function statesOf(
  { bus, logger }: GatewayServices,
  organisationId: string,
): Promise<ReadonlyMap<string, TrunkState>> {
  try {
    const { states } = accepted(await bus.call('trunk.list-states', { organisationId }));
    return new Map(states.map((state) => [state.trunkId, state]));
  } catch (error) {
    logger.warn({ error }, 'Nobody knows how the trunks are doing');
    return new Map();
  }
}
