import { z } from 'zod';
import { Name } from './fields.js';
import { route } from './route.js';

/** What people see an organisation called: in the portal, and where guests come to a meeting. */
export const OrganisationProfile = z.object({ name: Name });
export type OrganisationProfile = z.infer<typeof OrganisationProfile>;

export const organisationRoutes = {
  /** Its SIP domain stays: every phone's password was made for it. */
  renameOrganisation: route({
    method: 'PUT',
    path: '/api/admin/organisation',
    access: 'admin',
    body: OrganisationProfile,
    response: OrganisationProfile,
  }),
} as const;
