import type { Tx } from '@carillon/database';
import { CodedError } from '@carillon/service-runtime';
import type { Acting, GatewayServices } from './gateway-services.js';

/** Nobody locks themselves out. */
export function assertNotSelf({ principal }: Acting, userId: string): void {
  if (principal.userId === userId)
    throw new CodedError('DIRECTORY.OWN_ACCOUNT', 'You cannot do this to your own account');
}

/**
 * After a change that took an admin's or an operator's rights away: two who do that to each other at the same moment would
 * leave none. The organisation's row is locked, so that the second sees what the first did.
 * @param user as it was before. All operators are of one organisation, since only they make others, of their own.
 * @throws {CodedError} `DIRECTORY.LAST_ADMIN`, `DIRECTORY.LAST_OPERATOR`
 */
export async function assertAdminRemains(
  tx: Tx,
  { organisationId, isOperator }: { readonly organisationId: string; readonly isOperator: boolean },
): Promise<void> {
  await tx.$queryRaw`SELECT id FROM organisation WHERE id = ${organisationId}::uuid FOR NO KEY UPDATE`;
  if ((await tx.user.count({ where: { role: 'admin', disabledAt: null } })) === 0)
    throw new CodedError('DIRECTORY.LAST_ADMIN', 'The organisation would be left without an administrator');
  if (isOperator && (await tx.user.count({ where: { isOperator: true, role: 'admin', disabledAt: null } })) === 0)
    throw new CodedError('DIRECTORY.LAST_OPERATOR', 'The installation would be left without an operator');
}

/**
 * Whoever may change an operator's password or address can become one: only operators may.
 * @throws {CodedError} `IDENTITY.FORBIDDEN`
 */
export function assertMayChange({ principal }: Acting, user: { readonly isOperator: boolean }): void {
  if (user.isOperator && !principal.isOperator)
    throw new CodedError('IDENTITY.FORBIDDEN', 'Only an operator of this installation may change another operator');
}

/** Running parts end what the user has going. */
export function tellUserDisabled(
  { bus }: GatewayServices,
  { principal: { organisationId } }: Acting,
  userId: string,
): void {
  bus.publish('user.disabled', { organisationId, userId });
  bus.publish('session.revoked', { organisationId, userId, sessionId: null });
}
