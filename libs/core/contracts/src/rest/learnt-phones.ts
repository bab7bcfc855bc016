import { z } from 'zod';
import { LearntPhone } from '../learnt-phone.js';
import { route } from './route.js';

/** What was learnt of phones by their own manners, which nobody decided. */
export const learntPhoneRoutes = {
  /** The latest first. */
  listLearntPhones: route({
    method: 'GET',
    path: '/api/admin/learnt-phones',
    access: 'admin',
    response: z.array(LearntPhone),
  }),
  forgetLearntPhone: route({ method: 'DELETE', path: '/api/admin/devices/:deviceId/learnt', access: 'admin' }),
} as const;
