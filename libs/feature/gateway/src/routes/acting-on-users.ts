import type { Tx } from '@carillon/database';
import { CodedError } from '@carillon/service-runtime';
import type { Acting, GatewayServices } from './gateway-services.js';

/** Nobody locks themselves out. */
export function assertNotSelf({ principal }: Acting, userId: string): void {
  if (principal.userId === userId)
    throw new CodedError('DIRECTORY.OWN_ACCOUNT', 'You cannot do this to your own account');
}

/**
 * After a change that took an admin's rights away: two who do that to each other at the same moment would leave none. The
 * organisation's row is locked, so that the second sees what the first did.
 * @throws {CodedError} `DIRECTORY.LAST_ADMIN`
 */
export async function assertAdminRemains(tx: Tx, organisationId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM organisation WHERE id = ${organisationId}::uuid FOR NO KEY UPDATE`;
  if ((await tx.user.count({ where: { role: 'admin', disabledAt: null } })) === 0)
    throw new CodedError('DIRECTORY.LAST_ADMIN', 'The organisation would be left without an administrator');
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
