import type { LiveCall } from '@carillon/contracts';
import { accepted, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { readCallHistory } from './call-history.js';
import { findCall } from './find-call.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

async function liveCalls({ bus }: GatewayServices, organisationId: string): Promise<readonly LiveCall[]> {
  return accepted(await bus.call('call.list', { organisationId })).calls;
}

function isInvolved({ from, to, legs }: LiveCall, userId: string): boolean {
  return [from, to, ...legs].some((part) => part.userId === userId);
}

export const callRoutes = (
  services: GatewayServices,
): RouteHandlers<
  'myCalls' | 'allCalls' | 'getCall' | 'myLiveCalls' | 'listLiveCalls' | 'endCall' | 'listRegistrations'
> => ({
  myCalls: (request) =>
    inOwnOrganisation(services, request, (tx) => readCallHistory(tx, request.query, request.principal.userId)),

  allCalls: (request) => inOwnOrganisation(services, request, (tx) => readCallHistory(tx, request.query)),

  async getCall(request) {
    const known = await findCall(services, request, request.params.callId);
    if (known === undefined) throw notFound('There is no such call');
    return known.call;
  },

  async myLiveCalls({ principal }) {
    const calls = await liveCalls(services, principal.organisationId);
    return calls.filter((call) => isInvolved(call, principal.userId));
  },

  listLiveCalls: async ({ principal }) => [...(await liveCalls(services, principal.organisationId))],

  async endCall(request) {
    const { organisationId } = request.principal;
    const { callId } = request.params;
    const call = (await liveCalls(services, organisationId)).find((one) => one.callId === callId);
    if (call === undefined) throw notFound('There is no such call now');
    accepted(await services.bus.call('call.hang-up', { organisationId, callId, reason: 'Ended by an administrator' }));
    const target = `${call.from.number} to ${call.to.number}`;
    await inOwnOrganisation(services, request, (tx) =>
      services.audit.record(tx, { actor: actorOf(request), action: 'call.ended', target, before: { callId } }),
    );
  },

  async listRegistrations({ principal: { organisationId } }) {
    return accepted(await services.bus.call('registration.list', { organisationId })).registrations;
  },
});
