import { ExtensionNumber, RingGroupId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { Name } from './fields.js';
import { route } from './route.js';

export const RingGroup = z.object({
  ringGroupId: RingGroupId,
  name: z.string(),
  extension: z.string(),
  ringSeconds: z.number().int(),
  memberIds: z.array(UserId),
});
export type RingGroup = z.infer<typeof RingGroup>;
export const SaveRingGroup = z.object({
  name: Name,
  extension: ExtensionNumber,
  ringSeconds: z.number().int().min(5).max(120).default(25),
  memberIds: z.array(UserId).max(50),
});

/** A number in use is 409 DIRECTORY.NUMBER_TAKEN. */
export const ringGroupRoutes = {
  listRingGroups: route({
    method: 'GET',
    path: '/api/admin/ring-groups',
    access: 'admin',
    response: z.array(RingGroup),
  }),
  createRingGroup: route({
    method: 'POST',
    path: '/api/admin/ring-groups',
    access: 'admin',
    body: SaveRingGroup,
    response: RingGroup,
  }),
  updateRingGroup: route({
    method: 'PUT',
    path: '/api/admin/ring-groups/:ringGroupId',
    access: 'admin',
    body: SaveRingGroup,
    response: RingGroup,
  }),
  deleteRingGroup: route({ method: 'DELETE', path: '/api/admin/ring-groups/:ringGroupId', access: 'admin' }),
} as const;
