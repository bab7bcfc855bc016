import { z } from 'zod';
import { RegistrationPolicy } from '../registration-policy.js';
import { DigestPolicy, HoldMusic, PrivateHeaders, RingSeconds, SipRole, SipTls } from '../sip.js';
import { route } from './route.js';

/** What an organisation decides about SIP. */
export const SipChoices = z.object({
  sipRole: SipRole,
  ringSeconds: RingSeconds,
  followRedirects: z.boolean(),
  holdMusic: HoldMusic,
  privateHeaders: PrivateHeaders,
  digest: DigestPolicy,
  registration: RegistrationPolicy,
});
export type SipChoices = z.infer<typeof SipChoices>;

/** What is left out stays as it is. */
export const SaveSipChoices = SipChoices.partial();
export type SaveSipChoices = z.infer<typeof SaveSipChoices>;

export const sipRoutes = {
  sipChoices: route({ method: 'GET', path: '/api/admin/sip', access: 'admin', response: SipChoices }),
  saveSipChoices: route({
    method: 'PUT',
    path: '/api/admin/sip',
    access: 'admin',
    body: SaveSipChoices,
    response: SipChoices,
  }),
  sipTls: route({ method: 'GET', path: '/api/admin/sip/tls', access: 'admin', response: SipTls }),
} as const;
