import { ExtensionNumber, IvrMenuId, MailboxId, RingGroupId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { Name } from './fields.js';
import { route } from './route.js';

/** What a key of an IVR menu does. */
export const IvrAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('group'), ringGroupId: RingGroupId }),
  z.object({ kind: z.literal('user'), userId: UserId }),
  z.object({ kind: z.literal('voicemail'), mailboxId: MailboxId }),
  /** The caller dials an extension. */
  z.object({ kind: z.literal('dial-extension') }),
  z.object({ kind: z.literal('repeat') }),
  z.object({ kind: z.literal('hang-up') }),
]);
export type IvrAction = z.infer<typeof IvrAction>;

const ivrFields = {
  name: Name,
  extension: ExtensionNumber,
  /** Spoken by the built-in voice. */
  welcomeText: z.string().trim().min(1).max(2000),
  timeoutSeconds: z.number().int().min(1).max(30).default(5),
  /** How often nothing or a wrong key is handled before the call goes to the operator. */
  maxRetries: z.number().int().min(0).max(5).default(2),
  operatorUserId: UserId.nullable(),
  entries: z
    .array(z.object({ digit: z.string().regex(/^[0-9*#]$/), action: IvrAction }))
    .max(12)
    .refine((entries) => new Set(entries.map((entry) => entry.digit)).size === entries.length, {
      error: 'Each key can do one thing only',
    }),
};
export const IvrMenu = z.object({ ivrMenuId: IvrMenuId, ...ivrFields, extension: z.string() });
export type IvrMenu = z.infer<typeof IvrMenu>;
export const SaveIvrMenu = z.object(ivrFields);

/** A number in use is 409 DIRECTORY.NUMBER_TAKEN. */
export const ivrMenuRoutes = {
  listIvrMenus: route({ method: 'GET', path: '/api/admin/ivr-menus', access: 'admin', response: z.array(IvrMenu) }),
  createIvrMenu: route({
    method: 'POST',
    path: '/api/admin/ivr-menus',
    access: 'admin',
    body: SaveIvrMenu,
    response: IvrMenu,
  }),
  updateIvrMenu: route({
    method: 'PUT',
    path: '/api/admin/ivr-menus/:ivrMenuId',
    access: 'admin',
    body: SaveIvrMenu,
    response: IvrMenu,
  }),
  deleteIvrMenu: route({ method: 'DELETE', path: '/api/admin/ivr-menus/:ivrMenuId', access: 'admin' }),
} as const;
