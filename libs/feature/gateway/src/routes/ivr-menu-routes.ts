import type { IvrAction } from '@carillon/contracts';
import type { IvrEntry, Tx } from '@carillon/database';
import { notFound } from '../http/refusals.js';
import type { RouteHandlers, RouteRequest } from '../http/route-types.js';
import { assignExtension } from './assign-extension.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

const WITH_PARTS = { extension: true, entries: { orderBy: { digit: 'asc' } } } as const;

async function findMenu(tx: Tx, id: string) {
  const menu = await tx.ivrMenu.findUnique({ where: { id }, include: WITH_PARTS });
  if (menu === null) throw notFound('There is no such IVR menu');
  return menu;
}

/** From the row's columns to the contract's union. */
function actionOf({ action, ringGroupId, userId, mailboxId, ivrMenuId, digit }: IvrEntry) {
  if (action === 'group' && ringGroupId !== null) return { kind: action, ringGroupId } as const;
  if (action === 'user' && userId !== null) return { kind: action, userId } as const;
  if (action === 'voicemail' && mailboxId !== null) return { kind: action, mailboxId } as const;
  if (action === 'dial-extension' || action === 'repeat' || action === 'hang-up') return { kind: action } as const;
  throw new TypeError(`Key ${digit} of IVR menu ${ivrMenuId} has the unknown action ${action}`);
}

/** From the contract's union to the row's columns. */
function columnsOf(action: IvrAction) {
  const { kind, ...target } = action;
  return { action: kind, ...target };
}

function describe(menu: Awaited<ReturnType<typeof findMenu>>) {
  const { id, name, extension, welcomeText, timeoutSeconds, maxRetries, operatorUserId, entries } = menu;
  return {
    ...{ ivrMenuId: id, name, welcomeText, timeoutSeconds, maxRetries, operatorUserId },
    extension: extension?.number ?? '',
    entries: entries.map((entry) => ({ digit: entry.digit, action: actionOf(entry) })),
  };
}

type Saved = RouteRequest<'createIvrMenu'>['body'];

async function setEntries(tx: Tx, organisationId: string, ivrMenuId: string, entries: Saved['entries']): Promise<void> {
  await tx.ivrEntry.deleteMany({ where: { ivrMenuId } });
  await tx.ivrEntry.createMany({
    data: entries.map(({ digit, action }) => ({ organisationId, ivrMenuId, digit, ...columnsOf(action) })),
  });
}

function columns({ name, welcomeText, timeoutSeconds, maxRetries, operatorUserId }: Saved) {
  return { name, welcomeText, timeoutSeconds, maxRetries, operatorUserId };
}

export const ivrMenuRoutes = (
  services: GatewayServices,
): RouteHandlers<'listIvrMenus' | 'createIvrMenu' | 'updateIvrMenu' | 'deleteIvrMenu'> => ({
  async listIvrMenus(request) {
    const menus = await inOwnOrganisation(services, request, (tx) =>
      tx.ivrMenu.findMany({ include: WITH_PARTS, orderBy: [{ name: 'asc' }, { id: 'asc' }] }),
    );
    return menus.map(describe);
  },

  createIvrMenu: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId } = request.principal;
      const { id } = await tx.ivrMenu.create({ data: { organisationId, ...columns(request.body) } });
      await assignExtension(tx, organisationId, request.body.extension, { kind: 'ivr', ivrMenuId: id });
      await setEntries(tx, organisationId, id, request.body.entries);
      const after = describe(await findMenu(tx, id));
      await services.audit.record(tx, {
        actor: actorOf(request),
        action: 'ivr-menu.created',
        target: after.name,
        after,
      });
      return after;
    }),

  updateIvrMenu: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId } = request.principal;
      const before = await findMenu(tx, request.params.ivrMenuId);
      await tx.ivrMenu.update({ where: { id: before.id }, data: columns(request.body) });
      await assignExtension(tx, organisationId, request.body.extension, { kind: 'ivr', ivrMenuId: before.id });
      await setEntries(tx, organisationId, before.id, request.body.entries);
      const after = describe(await findMenu(tx, before.id));
      const change = { before: describe(before), after };
      await services.audit.record(tx, {
        actor: actorOf(request),
        action: 'ivr-menu.updated',
        target: after.name,
        ...change,
      });
      return after;
    }),

  deleteIvrMenu: (request) =>
    changeDirectory(services, request, async (tx) => {
      const before = await findMenu(tx, request.params.ivrMenuId);
      await tx.ivrMenu.delete({ where: { id: before.id } });
      await services.audit.record(tx, {
        ...{ actor: actorOf(request), action: 'ivr-menu.deleted', target: before.name, before: describe(before) },
      });
    }),
});
