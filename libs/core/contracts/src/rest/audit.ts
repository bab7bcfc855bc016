import { z } from 'zod';
import { Timestamp } from '../outcome.js';
import { Page } from './fields.js';
import { route } from './route.js';

export const AuditEntry = z.object({
  auditId: z.string(),
  at: Timestamp,
  actorName: z.string(),
  address: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  change: z.unknown(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const auditRoutes = {
  listAudit: route({
    method: 'GET',
    path: '/api/admin/audit',
    access: 'admin',
    query: Page,
    response: z.object({ entries: z.array(AuditEntry), nextCursor: z.string().nullable() }),
  }),
} as const;
