import { accepted } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { inOwnOrganisation, type GatewayServices } from './gateway-services.js';

export const conversationRoutes = (
  services: GatewayServices,
): RouteHandlers<'contacts' | 'presences' | 'conversations' | 'openConversation' | 'history'> => ({
  async contacts(request) {
    const users = await inOwnOrganisation(services, request, (tx) =>
      tx.user.findMany({ include: { extension: true }, orderBy: [{ displayName: 'asc' }, { id: 'asc' }] }),
    );
    return users.map(({ id, displayName, email, extension, disabledAt }) => ({
      ...{ userId: id, displayName, email, extension: extension?.number ?? null, disabled: disabledAt !== null },
    }));
  },

  async presences({ principal: { organisationId } }) {
    return accepted(await services.bus.call('presence.list', { organisationId })).presences;
  },

  async conversations({ principal: { organisationId, userId } }) {
    return accepted(await services.bus.call('conversation.list', { organisationId, userId })).conversations;
  },

  async openConversation({ principal: { organisationId, userId }, body }) {
    return accepted(await services.bus.call('conversation.open', { organisationId, userId, ...body })).conversation;
  },

  async history({ principal: { organisationId, userId }, params: { conversationId }, query }) {
    const asked = { organisationId, userId, conversationId, ...query };
    const { messages, more } = accepted(await services.bus.call('conversation.history', asked));
    return { messages, more };
  },
});
