import { DeviceId } from '@carillon/domain';
import { accepted } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { findDevice } from './device-routes.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

/** What was learnt of phones by their own manners. */
export const learntPhoneRoutes = (
  services: GatewayServices,
): RouteHandlers<'listLearntPhones' | 'forgetLearntPhone'> => ({
  async listLearntPhones({ principal: { organisationId } }) {
    return accepted(await services.bus.call('learnt-phone.list', { organisationId })).phones;
  },

  async forgetLearntPhone(request) {
    const { organisationId } = request.principal;
    const { id, sipUsername } = await inOwnOrganisation(services, request, (tx) =>
      findDevice(tx, request.params.deviceId),
    );
    accepted(await services.bus.call('learnt-phone.forget', { organisationId, deviceId: DeviceId.parse(id) }));
    await inOwnOrganisation(services, request, (tx) =>
      services.audit.record(tx, { actor: actorOf(request), action: 'device.learnt-forgotten', target: sipUsername }),
    );
  },
});
