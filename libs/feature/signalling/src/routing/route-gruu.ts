import type { GruuTarget } from '../registrar/gruu.js';
import type { Registrar } from '../registrar/registrar.js';
import { watchedUser } from '../subscriptions/watched-user.js';
import type { Directory, DirectoryUser } from './directory.js';
import type { PhoneInstance, Route } from './route-call.js';

/**
 * Where a GRUU leads: to the phone that it names and to no other, nor to a mailbox (RFC 5627 §6.1).
 * @returns undefined for a GRUU that is not valid or not any more: 404; a valid one whose phone is away is 480 by its route
 */
export function routeGruu(
  directory: Directory,
  registrar: Pick<Registrar, 'ofGruu'>,
  gruu: GruuTarget,
): Route | undefined {
  switch (gruu.kind) {
    case 'invalid':
      return undefined;
    case 'temporary': {
      const [binding] = registrar.ofGruu(gruu.gruuId);
      if (binding === undefined || binding.instance === null) return undefined;
      const { userId, deviceId } = binding.device;
      return routeToPhone(directory, directory.users.get(userId), { instance: binding.instance, deviceId });
    }
    case 'public': {
      const device = directory.devices.get(gruu.user);
      const { instance } = gruu;
      const user = watchedUser(directory, `sip:${encodeURIComponent(gruu.user)}@${directory.sipDomain}`);
      return routeToPhone(directory, user, { instance, deviceId: device?.deviceId ?? null });
    }
  }
}

function routeToPhone(directory: Directory, user: DirectoryUser | undefined, only: PhoneInstance): Route | undefined {
  if (user === undefined || user.disabled) return undefined;
  const { userId, displayName, extension } = user;
  return {
    target: { kind: 'user', number: extension ?? '', name: displayName, userId },
    steps: [{ kind: 'ring', userIds: [userId], seconds: directory.ringSeconds, only }],
  };
}
