import type { DeviceProfilesView, Registration } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import {
  BROWSER_PROFILE,
  BUILT_IN_PROFILES,
  DeviceProfiles,
  profileOf,
  STANDARD_PROFILE,
  type DeviceProfile,
} from '@carillon/domain';
import { z } from 'zod';
import { accepted } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

const MAX_SEEN = 200;
const Kept = z.object({ deviceProfiles: DeviceProfiles.catch([]) });

/** What is known of phones by their User-Agent, and what the organisation has decided about them. */
export const deviceProfileRoutes = (
  services: GatewayServices,
): RouteHandlers<'deviceProfiles' | 'saveDeviceProfiles'> => ({
  async deviceProfiles(request) {
    const { organisationId } = request.principal;
    const own = await inOwnOrganisation(services, request, (tx) => readOwn(tx, organisationId));
    return viewOf(services, organisationId, own);
  },

  async saveDeviceProfiles(request) {
    const { organisationId } = request.principal;
    const { profiles } = request.body;
    await changeDirectory(services, request, async (tx) => {
      const before = await readOwn(tx, organisationId);
      const after = JSON.stringify({ deviceProfiles: profiles });
      await tx.$executeRaw`
        UPDATE organisation SET settings = settings || ${after}::jsonb WHERE id = ${organisationId}::uuid`;
      await services.audit.record(tx, {
        ...{ actor: actorOf(request), action: 'device-profiles.changed', target: 'Device profiles' },
        ...{ before: { profiles: before }, after: { profiles } },
      });
    });
    return viewOf(services, organisationId, profiles);
  },
});

async function readOwn(tx: Tx, organisationId: string): Promise<DeviceProfile[]> {
  const { settings } = await tx.organisation.findUniqueOrThrow({ where: { id: organisationId } });
  return Kept.safeParse(settings).data?.deviceProfiles ?? [];
}

async function viewOf(
  { bus }: GatewayServices,
  organisationId: string,
  own: readonly DeviceProfile[],
): Promise<DeviceProfilesView> {
  const { registrations } = accepted(await bus.call('registration.list', { organisationId }));
  return {
    own: [...own],
    builtIn: [...BUILT_IN_PROFILES, BROWSER_PROFILE, STANDARD_PROFILE],
    seen: countKinds(registrations, own).slice(0, MAX_SEEN),
  };
}

function countKinds(registrations: readonly Registration[], own: readonly DeviceProfile[]) {
  const kinds = new Map<string, { userAgent: string; profile: string; phones: number }>();
  for (const phone of registrations) {
    const profile = profileOf(phone, own).name;
    const key = `${profile}\n${phone.userAgent ?? ''}`;
    const kind = kinds.get(key) ?? { userAgent: phone.userAgent ?? '', profile, phones: 0 };
    kind.phones += 1;
    kinds.set(key, kind);
  }
  return [...kinds.values()].sort((a, b) => b.phones - a.phones);
}
