import type { Tx } from '@carillon/database';
import { notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { assignExtension } from './assign-extension.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

const WITH_PARTS = { extension: true, members: { orderBy: { position: 'asc' } } } as const;

async function findGroup(tx: Tx, id: string) {
  const group = await tx.ringGroup.findUnique({ where: { id }, include: WITH_PARTS });
  if (group === null) throw notFound('There is no such ring group');
  return group;
}

function describe({ id, name, extension, ringSeconds, members }: Awaited<ReturnType<typeof findGroup>>) {
  return {
    ringGroupId: id,
    name,
    extension: extension?.number ?? '',
    ringSeconds,
    memberIds: members.map(({ userId }) => userId),
  };
}

async function setMembers(
  tx: Tx,
  organisationId: string,
  ringGroupId: string,
  memberIds: readonly string[],
): Promise<void> {
  await tx.ringGroupMember.deleteMany({ where: { ringGroupId } });
  const data = [...new Set(memberIds)].map((userId, position) => ({ organisationId, ringGroupId, userId, position }));
  await tx.ringGroupMember.createMany({ data });
}

export const ringGroupRoutes = (
  services: GatewayServices,
): RouteHandlers<'listRingGroups' | 'createRingGroup' | 'updateRingGroup' | 'deleteRingGroup'> => ({
  async listRingGroups(request) {
    const groups = await inOwnOrganisation(services, request, (tx) =>
      tx.ringGroup.findMany({ include: WITH_PARTS, orderBy: [{ name: 'asc' }, { id: 'asc' }] }),
    );
    return groups.map(describe);
  },

  createRingGroup: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId } = request.principal;
      const { name, ringSeconds, extension, memberIds } = request.body;
      const { id } = await tx.ringGroup.create({ data: { organisationId, name, ringSeconds } });
      await assignExtension(tx, organisationId, extension, { kind: 'group', ringGroupId: id });
      await setMembers(tx, organisationId, id, memberIds);
      const after = describe(await findGroup(tx, id));
      await services.audit.record(tx, { actor: actorOf(request), action: 'ring-group.created', target: name, after });
      return after;
    }),

  updateRingGroup: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId } = request.principal;
      const { name, ringSeconds, extension, memberIds } = request.body;
      const before = await findGroup(tx, request.params.ringGroupId);
      await tx.ringGroup.update({ where: { id: before.id }, data: { name, ringSeconds } });
      await assignExtension(tx, organisationId, extension, { kind: 'group', ringGroupId: before.id });
      await setMembers(tx, organisationId, before.id, memberIds);
      const after = describe(await findGroup(tx, before.id));
      const change = { before: describe(before), after };
      await services.audit.record(tx, {
        actor: actorOf(request),
        action: 'ring-group.updated',
        target: name,
        ...change,
      });
      return after;
    }),

  deleteRingGroup: (request) =>
    changeDirectory(services, request, async (tx) => {
      const before = await findGroup(tx, request.params.ringGroupId);
      await tx.ringGroup.delete({ where: { id: before.id } });
      await services.audit.record(tx, {
        ...{ actor: actorOf(request), action: 'ring-group.deleted', target: before.name, before: describe(before) },
      });
    }),
});
