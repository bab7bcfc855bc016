import { parseNetwork, SafeNetworkId } from '@carillon/domain';
import { z } from 'zod';
import { BorderState } from '../border.js';
import { Timestamp } from '../outcome.js';
import { route } from './route.js';

/** An address or a network that is never banned, since an operator vouches for it. */
export const SafeNetwork = z.object({
  safeNetworkId: SafeNetworkId,
  /** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/48` */
  network: z.string(),
  note: z.string(),
  addedAt: Timestamp,
  /** Name of the operator. */
  addedBy: z.string(),
});
export type SafeNetwork = z.infer<typeof SafeNetwork>;

export const AddSafeNetwork = z.object({
  network: z
    .string()
    .max(100, { error: 'This is too long' })
    .transform((text, context) => {
      const parsed = parseNetwork(text);
      if (parsed.ok) return parsed.network;
      context.addIssue({ code: 'custom', message: parsed.words });
      return z.NEVER;
    }),
  /** Who or what is there. */
  note: z
    .string()
    .trim()
    .min(1, { error: 'Say who or what is there, for whoever reads this in a year' })
    .max(200, { error: 'At most 200 characters' }),
});
export type AddSafeNetwork = z.input<typeof AddSafeNetwork>;

const SAFE_NETWORKS = '/api/operator/safe-networks';

export const borderRoutes = {
  border: route({ method: 'GET', path: '/api/admin/border', access: 'admin', response: BorderState }),
  /** 404 BORDER.NOT_BANNED */
  liftBan: route({
    method: 'POST',
    path: '/api/admin/border/lift',
    access: 'admin',
    body: z.object({ source: z.string().min(1).max(100) }),
  }),
  /** Those added last come first. */
  listSafeNetworks: route({
    method: 'GET',
    path: SAFE_NETWORKS,
    access: 'operator',
    response: z.array(SafeNetwork),
  }),
  /** 409 BORDER.NETWORK_KNOWN, BORDER.TOO_MANY_NETWORKS */
  addSafeNetwork: route({
    method: 'POST',
    path: SAFE_NETWORKS,
    access: 'operator',
    body: AddSafeNetwork,
    response: SafeNetwork,
  }),
  removeSafeNetwork: route({ method: 'DELETE', path: `${SAFE_NETWORKS}/:safeNetworkId`, access: 'operator' }),
} as const;
