import { z } from 'zod';
import { BorderState } from '../border.js';
import { route } from './route.js';

export const borderRoutes = {
  border: route({ method: 'GET', path: '/api/admin/border', access: 'admin', response: BorderState }),
  /** 404 BORDER.NOT_BANNED */
  liftBan: route({
    method: 'POST',
    path: '/api/admin/border/lift',
    access: 'admin',
    body: z.object({ source: z.string().min(1).max(100) }),
  }),
} as const;
