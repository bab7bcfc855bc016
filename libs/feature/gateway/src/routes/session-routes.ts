import { hashPassword, verifyPassword, type Principal } from '@carillon/identity';
import { CodedError } from '@carillon/service-runtime';
import { notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { actorOf, inOwnOrganisation, type Acting, type GatewayServices } from './gateway-services.js';

/** The logged-in user, with what every page shows. */
async function describeMe(services: GatewayServices, principal: Principal) {
  const user = await services.database.forOrganisation(principal.organisationId, (tx) =>
    tx.user.findUniqueOrThrow({
      where: { id: principal.userId },
      include: {
        extension: true,
        mailbox: { include: { messages: { where: { deletedAt: null }, select: { heardAt: true } } } },
      },
    }),
  );
  const messages = user.mailbox?.messages;
  const newCount = messages?.filter(({ heardAt }) => heardAt === null).length ?? 0;
  const { userId, organisationId, organisationName, csrf } = principal;
  return {
    ...{ userId, organisationId, organisationName, csrfToken: csrf },
    ...{
      email: user.email,
      displayName: user.displayName,
      role: user.role,
      isOperator: user.isOperator,
      mustChangePassword: user.mustChangePassword,
    },
    extension: user.extension?.number ?? null,
    presenceChoice: user.presenceChoice === 'away' ? ('away' as const) : ('automatic' as const),
    voicemail: messages === undefined ? null : { newCount, oldCount: messages.length - newCount },
  };
}

/** Checks the current password, slowed like a log-in: a borrowed session must not become a way to guess it. */
async function verifyCurrent(
  { throttle }: GatewayServices,
  { principal, client }: Acting,
  hash: string,
  current: string,
): Promise<void> {
  const attempt = { account: `change ${principal.email}`, address: client.address };
  const retryAfterSeconds = await throttle.begin(attempt);
  if (retryAfterSeconds !== undefined)
    throw new CodedError('IDENTITY.SLOWED', 'Too many wrong attempts: wait a little', { retryAfterSeconds });
  if (!(await verifyPassword(hash, current)))
    throw new CodedError('IDENTITY.WRONG_CREDENTIALS', 'The current password is wrong');
  await throttle.succeeded(attempt);
}

export const sessionRoutes = (
  services: GatewayServices,
): RouteHandlers<'login' | 'logout' | 'me' | 'changePassword' | 'keepPassword' | 'sessions' | 'revokeSession'> => ({
  async login({ body, client, principal, setSession }) {
    const outcome = await services.login.login({ ...body, address: client.address, userAgent: client.userAgent });
    if (!outcome.ok && outcome.code === 'IDENTITY.SLOWED')
      throw new CodedError(outcome.code, 'Too many wrong attempts: wait a little', {
        retryAfterSeconds: outcome.retryAfterSeconds,
      });
    if (!outcome.ok)
      throw new CodedError('IDENTITY.WRONG_CREDENTIALS', 'The e-mail address or the password is wrong', {
        status: 401,
      });
    // The session of before ends: a token that was planted or left in the browser is worth nothing.
    if (principal !== undefined) await services.sessions.revoke(principal, principal.sessionId);
    setSession(outcome.token);
    const { organisationId, userId, role } = outcome.principal;
    services.bus.publish('portal.entered', { organisationId, userId, role, address: client.address });
    return describeMe(services, outcome.principal);
  },

  async logout({ principal, setSession }) {
    await services.sessions.revoke(principal, principal.sessionId);
    setSession(undefined);
    const { organisationId, userId, sessionId } = principal;
    services.bus.publish('session.revoked', { organisationId, userId, sessionId });
  },

  me: ({ principal }) => describeMe(services, principal),

  async changePassword(request) {
    const { principal, body } = request;
    const { organisationId, userId, sessionId, email } = principal;
    const user = await inOwnOrganisation(services, request, (tx) =>
      tx.user.findUniqueOrThrow({ where: { id: userId } }),
    );
    await verifyCurrent(services, request, user.passwordHash, body.current);
    const passwordHash = await hashPassword(body.next);
    await inOwnOrganisation(services, request, async (tx) => {
      await tx.user.update({ where: { id: userId }, data: { passwordHash, mustChangePassword: false } });
      await services.sessions.revokeAll(tx, userId, sessionId);
      await services.audit.record(tx, { actor: actorOf(request), action: 'password.changed', target: email });
    });
    services.bus.publish('session.revoked', { organisationId, userId, sessionId: null, exceptSessionId: sessionId });
    return describeMe(services, principal);
  },

  async keepPassword(request) {
    await inOwnOrganisation(services, request, (tx) =>
      tx.user.update({ where: { id: request.principal.userId }, data: { mustChangePassword: false } }),
    );
    return describeMe(services, request.principal);
  },

  async sessions({ principal }) {
    const found = await services.sessions.list(principal);
    return found.map(({ id, createdAt, lastSeenAt, address, userAgent }) => ({
      ...{ sessionId: id, current: id === principal.sessionId, address, userAgent },
      ...{ createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() },
    }));
  },

  async revokeSession({ principal, params }) {
    const { organisationId, userId } = principal;
    if (!(await services.sessions.revoke(principal, params.sessionId))) throw notFound('There is no such session');
    services.bus.publish('session.revoked', { organisationId, userId, sessionId: params.sessionId });
  },
});
