import { hashPassword, newPin } from '@carillon/identity';
import type { Tx } from '@carillon/database';
import type { Role } from '@carillon/domain';
import { CodedError } from '@carillon/service-runtime';
import type { RouteAnswer, RouteRequest } from '../http/route-types.js';
import { assignExtension } from './assign-extension.js';
import { assertAdminRemains, assertMayChange, assertNotSelf, tellUserDisabled } from './acting-on-users.js';
import { changeDirectory } from './change-directory.js';
import { describeUser, type UserWithParts } from './describe-user.js';
import { findUser } from './find-user.js';
import { actorOf, type GatewayServices } from './gateway-services.js';
import { listVoicemailFiles, removeVoicemailFiles } from './remove-voicemail-files.js';

/** Makes or removes the mailbox. @returns the recordings to remove */
async function setVoicemail(
  tx: Tx,
  user: UserWithParts,
  wanted: boolean | undefined,
  pinHash: string,
): Promise<string[]> {
  if (wanted === undefined || wanted === (user.mailbox !== null)) return [];
  if (wanted) {
    await tx.mailbox.create({ data: { organisationId: user.organisationId, userId: user.id, pinHash } });
    return [];
  }
  const files = await listVoicemailFiles(tx, user.id);
  await tx.mailbox.delete({ where: { userId: user.id } });
  return files;
}

function assertMayMakeOperator(
  { principal }: RouteRequest<'updateUser'>,
  { isOperator, role }: { isOperator: boolean | undefined; role: Role },
): void {
  if (isOperator !== true) return;
  if (!principal.isOperator)
    throw new CodedError('IDENTITY.FORBIDDEN', 'Only an operator of this installation may make another operator');
  if (role !== 'admin') throw new CodedError('DIRECTORY.NOT_ADMIN', 'Make this user an administrator first');
}

/** PATCH of a user: what is absent stays. A mailbox made here gets its PIN by `resetVoicemailPin`. */
export async function updateUser(
  services: GatewayServices,
  request: RouteRequest<'updateUser'>,
): Promise<RouteAnswer<'updateUser'>> {
  const { userId } = request.params;
  const { email, displayName, role, extension, voicemail, disabled } = request.body;
  // Staff look after nothing.
  const isOperator = role === 'staff' ? false : request.body.isOperator;
  const takesRights = disabled === true || role === 'staff' || isOperator === false;
  if (takesRights) assertNotSelf(request, userId);
  const pinHash = await hashPassword(newPin());
  const { user, files } = await changeDirectory(services, request, async (tx) => {
    const before = await findUser(tx, userId);
    assertMayChange(request, before);
    assertMayMakeOperator(request, { isOperator, role: role ?? before.role });
    const disabledAt =
      disabled === undefined ? undefined : disabled ? (before.disabledAt ?? new Date(services.clock.now())) : null;
    await tx.user.update({ where: { id: userId }, data: { email, displayName, role, isOperator, disabledAt } });
    if (takesRights) await assertAdminRemains(tx, before);
    if (extension !== undefined) await assignExtension(tx, before.organisationId, extension, { kind: 'user', userId });
    const removed = await setVoicemail(tx, before, voicemail, pinHash);
    if (disabled === true) await services.sessions.revokeAll(tx, userId);
    const after = await findUser(tx, userId);
    await services.audit.record(tx, {
      ...{ actor: actorOf(request), action: 'user.updated', target: after.email },
      ...{ before: describeUser(before), after: describeUser(after) },
    });
    return { user: describeUser(after), files: removed };
  });
  if (disabled === true) tellUserDisabled(services, request, userId);
  await removeVoicemailFiles(services, files);
  return user;
}
