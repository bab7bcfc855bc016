import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { FileAnswer } from '../http/file-answer.js';
import { accepted, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { inOwnOrganisation, type GatewayServices } from './gateway-services.js';

export const voicemailRoutes = (
  services: GatewayServices,
): RouteHandlers<'voicemails' | 'voicemailAudio' | 'markVoicemail' | 'deleteVoicemail'> => ({
  async voicemails(request) {
    const messages = await inOwnOrganisation(services, request, (tx) =>
      tx.voicemailMessage.findMany({
        where: { deletedAt: null, mailbox: { userId: request.principal.userId } },
        orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
      }),
    );
    return messages.map(({ id, fromNumber, fromName, fromUserId, receivedAt, durationMs, heardAt }) => ({
      voicemailMessageId: id,
      from: { number: fromNumber, name: fromName, userId: fromUserId },
      receivedAt: receivedAt.toISOString(),
      durationSeconds: Math.round(durationMs / 100) / 10,
      heard: heardAt !== null,
    }));
  },

  async voicemailAudio(request) {
    const message = await inOwnOrganisation(services, request, (tx) =>
      tx.voicemailMessage.findFirst({
        where: {
          id: request.params.voicemailMessageId,
          deletedAt: null,
          mailbox: { userId: request.principal.userId },
        },
      }),
    );
    const { dataDir } = services.settings;
    if (message === null || !existsSync(resolve(dataDir, message.path))) throw notFound('There is no such message');
    return new FileAnswer(dataDir, relative(dataDir, resolve(dataDir, message.path)), 'audio/wav');
  },

  async markVoicemail({ principal: { organisationId, userId }, params: { voicemailMessageId }, body: { heard } }) {
    accepted(await services.bus.call('voicemail.mark-heard', { organisationId, userId, voicemailMessageId, heard }));
  },

  async deleteVoicemail({ principal: { organisationId, userId }, params: { voicemailMessageId } }) {
    accepted(await services.bus.call('voicemail.delete', { organisationId, userId, voicemailMessageId }));
  },
});
