import { DeviceProfile, DeviceProfiles } from '@carillon/domain';
import { z } from 'zod';
import { route } from './route.js';

/** A kind of phone that is registered now. */
export const SeenDevice = z.object({
  /** As the phones say it; empty where they say nothing. */
  userAgent: z.string(),
  /** Name of the profile that they get. */
  profile: z.string(),
  phones: z.number().int(),
});
export type SeenDevice = z.infer<typeof SeenDevice>;

export const DeviceProfilesView = z.object({
  own: DeviceProfiles,
  builtIn: z.array(DeviceProfile.extend({ userAgent: z.string() })),
  /** The most frequent first, 200 at most. */
  seen: z.array(SeenDevice),
});
export type DeviceProfilesView = z.infer<typeof DeviceProfilesView>;

export const deviceProfileRoutes = {
  deviceProfiles: route({
    method: 'GET',
    path: '/api/admin/device-profiles',
    access: 'admin',
    response: DeviceProfilesView,
  }),
  saveDeviceProfiles: route({
    method: 'PUT',
    path: '/api/admin/device-profiles',
    access: 'admin',
    body: z.object({ profiles: DeviceProfiles }),
    response: DeviceProfilesView,
  }),
} as const;
