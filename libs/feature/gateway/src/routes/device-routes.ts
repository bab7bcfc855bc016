import type { Device, Tx } from '@carillon/database';
import { notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { changeDirectory } from './change-directory.js';
import { describeDevice } from './describe-user.js';
import { createDevice, renewDevice } from './device-credentials.js';
import { findUser } from './find-user.js';
import { actorOf, type GatewayServices } from './gateway-services.js';
import { sipAddresses } from './sip-addresses.js';

export async function findDevice(tx: Tx, deviceId: string): Promise<Device> {
  const device = await tx.device.findUnique({ where: { id: deviceId } });
  if (device === null) throw notFound('There is no such device');
  return device;
}

/** Registrations made with what is now void end. */
function tellRevoked({ bus }: GatewayServices, { organisationId, userId, sipUsername }: Device): void {
  bus.publish('device.revoked', { organisationId, userId, sipUsername });
}

export const deviceRoutes = (
  services: GatewayServices,
): RouteHandlers<'addDevice' | 'renewDevice' | 'updateDevice' | 'deleteDevice'> => {
  const addressesFor = ({ client }: { client: { origin: string } }) => sipAddresses(services.settings, client.origin);
  return {
    addDevice: (request) =>
      changeDirectory(services, request, async (tx) => {
        const user = await findUser(tx, request.params.userId);
        const credentials = await createDevice(tx, addressesFor(request), user, request.body.name);
        const after = { user: user.email, name: request.body.name };
        await services.audit.record(tx, {
          actor: actorOf(request),
          action: 'device.created',
          target: credentials.sipUsername,
          after,
        });
        return credentials;
      }),

    async renewDevice(request) {
      const { device, credentials } = await changeDirectory(services, request, async (tx) => {
        const found = await findDevice(tx, request.params.deviceId);
        const renewed = await renewDevice(tx, addressesFor(request), found);
        await services.audit.record(tx, {
          actor: actorOf(request),
          action: 'device.renewed',
          target: found.sipUsername,
        });
        return { device: found, credentials: renewed };
      });
      tellRevoked(services, device);
      return credentials;
    },

    async updateDevice(request) {
      const { name, disabled } = request.body;
      const after = await changeDirectory(services, request, async (tx) => {
        const before = await findDevice(tx, request.params.deviceId);
        const disabledAt =
          disabled === undefined ? undefined : disabled ? (before.disabledAt ?? new Date(services.clock.now())) : null;
        const changed = await tx.device.update({ where: { id: before.id }, data: { name, disabledAt } });
        await services.audit.record(tx, {
          ...{ actor: actorOf(request), action: 'device.updated', target: before.sipUsername },
          ...{ before: describeDevice(before), after: describeDevice(changed) },
        });
        return changed;
      });
      if (disabled === true) tellRevoked(services, after);
      return describeDevice(after);
    },

    async deleteDevice(request) {
      const device = await changeDirectory(services, request, async (tx) => {
        const before = await findDevice(tx, request.params.deviceId);
        await tx.device.delete({ where: { id: before.id } });
        await services.audit.record(tx, {
          ...{
            actor: actorOf(request),
            action: 'device.deleted',
            target: before.sipUsername,
            before: describeDevice(before),
          },
        });
        return before;
      });
      tellRevoked(services, device);
    },
  };
};
