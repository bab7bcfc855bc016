import { z } from 'zod';
import { SipRole } from '../sip.js';
import { route } from './route.js';

export const SipChoices = z.object({ sipRole: SipRole });
export type SipChoices = z.infer<typeof SipChoices>;

/** How calls between an organisation's phones are handled. */
export const sipRoutes = {
  sipChoices: route({ method: 'GET', path: '/api/admin/sip', access: 'admin', response: SipChoices }),
  saveSipChoices: route({
    method: 'PUT',
    path: '/api/admin/sip',
    access: 'admin',
    body: SipChoices,
    response: SipChoices,
  }),
} as const;
