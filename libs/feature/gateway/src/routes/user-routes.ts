import { hashPassword, newPassword, newPin } from '@carillon/identity';
import { notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { assertAdminRemains, assertMayChange, assertNotSelf, tellUserDisabled } from './acting-on-users.js';
import { assignExtension } from './assign-extension.js';
import { changeDirectory } from './change-directory.js';
import { describeUser, WITH_USER_PARTS } from './describe-user.js';
import { createDevice } from './device-credentials.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';
import { listVoicemailFiles, removeVoicemailFiles } from './remove-voicemail-files.js';
import { sipAddresses } from './sip-addresses.js';
import { updateUser } from './update-user.js';
import { findUser } from './find-user.js';

export const userRoutes = (
  services: GatewayServices,
): RouteHandlers<
  'listUsers' | 'createUser' | 'getUser' | 'updateUser' | 'deleteUser' | 'resetPassword' | 'resetVoicemailPin'
> => ({
  async listUsers(request) {
    const users = await inOwnOrganisation(services, request, (tx) =>
      tx.user.findMany({ include: WITH_USER_PARTS, orderBy: [{ displayName: 'asc' }, { id: 'asc' }] }),
    );
    return users.map(describeUser);
  },

  async createUser(request) {
    const { organisationId } = request.principal;
    const { email, displayName, role, extension, voicemail, device } = request.body;
    const password = request.body.password ?? newPassword();
    const pin = request.body.voicemailPin ?? newPin();
    const [passwordHash, pinHash] = await Promise.all([hashPassword(password), hashPassword(pin)]);
    return changeDirectory(services, request, async (tx) => {
      const generated = request.body.password === undefined;
      const { id } = await tx.user.create({
        data: { organisationId, email, displayName, role, passwordHash, mustChangePassword: generated },
      });
      await assignExtension(tx, organisationId, extension, { kind: 'user', userId: id });
      if (voicemail) await tx.mailbox.create({ data: { organisationId, userId: id, pinHash } });
      const owner = { id, organisationId, email, extension: extension === null ? null : { number: extension } };
      const addresses = sipAddresses(services.settings, request.client.origin);
      const credentials = device === null ? null : await createDevice(tx, addresses, owner, device);
      const user = describeUser(await findUser(tx, id));
      await services.audit.record(tx, { actor: actorOf(request), action: 'user.created', target: email, after: user });
      return {
        user,
        generatedPassword: generated ? password : null,
        voicemailPin: voicemail && request.body.voicemailPin === undefined ? pin : null,
        credentials,
      };
    });
  },

  getUser: async (request) =>
    describeUser(await inOwnOrganisation(services, request, (tx) => findUser(tx, request.params.userId))),

  updateUser: (request) => updateUser(services, request),

  async deleteUser(request) {
    const { userId } = request.params;
    assertNotSelf(request, userId);
    const files = await changeDirectory(services, request, async (tx) => {
      const user = await findUser(tx, userId);
      assertMayChange(request, user);
      const paths = await listVoicemailFiles(tx, userId);
      await tx.user.delete({ where: { id: userId } });
      await assertAdminRemains(tx, user);
      const before = describeUser(user);
      await services.audit.record(tx, { actor: actorOf(request), action: 'user.deleted', target: user.email, before });
      return paths;
    });
    tellUserDisabled(services, request, userId);
    await removeVoicemailFiles(services, files);
  },

  async resetPassword(request) {
    const { userId } = request.params;
    const { organisationId } = request.principal;
    const generatedPassword = newPassword();
    const passwordHash = await hashPassword(generatedPassword);
    await inOwnOrganisation(services, request, async (tx) => {
      const user = await findUser(tx, userId);
      assertMayChange(request, user);
      await tx.user.update({ where: { id: userId }, data: { passwordHash, mustChangePassword: true } });
      await services.sessions.revokeAll(tx, userId);
      await services.audit.record(tx, { actor: actorOf(request), action: 'password.reset', target: user.email });
    });
    services.bus.publish('session.revoked', { organisationId, userId, sessionId: null });
    return { generatedPassword };
  },

  async resetVoicemailPin(request) {
    const voicemailPin = newPin();
    const pinHash = await hashPassword(voicemailPin);
    await inOwnOrganisation(services, request, async (tx) => {
      const user = await findUser(tx, request.params.userId);
      if (user.mailbox === null) throw notFound('The user has no voicemail');
      await tx.mailbox.update({ where: { id: user.mailbox.id }, data: { pinHash } });
      await services.audit.record(tx, { actor: actorOf(request), action: 'voicemail-pin.reset', target: user.email });
    });
    return { voicemailPin };
  },
});
