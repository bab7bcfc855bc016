import type { Me } from '@carillon/contracts';
import { newId, OrganisationId, UserId } from '@carillon/domain';

/** Who is logged in where a spec needs an administrator. */
export const DEMO_ADMIN: Me = {
  ...{ userId: newId(UserId), organisationId: newId(OrganisationId), organisationName: 'Demo', email: 'a@b.example' },
  ...{ displayName: 'Ada', role: 'admin', isOperator: true, extension: null, mustChangePassword: false },
  ...{ csrfToken: 'x', presenceChoice: 'automatic', voicemail: null },
};
