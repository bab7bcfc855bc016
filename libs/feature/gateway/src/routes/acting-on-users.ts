import { CodedError } from '@carillon/service-runtime';
import type { Acting, GatewayServices } from './gateway-services.js';

/** Nobody locks themselves out; so an organisation always keeps an admin. */
export function assertNotSelf({ principal }: Acting, userId: string): void {
  if (principal.userId === userId)
    throw new CodedError('DIRECTORY.OWN_ACCOUNT', 'You cannot do this to your own account');
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
