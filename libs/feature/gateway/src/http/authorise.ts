import type { Route } from '@carillon/contracts';
import { roleCovers } from '@carillon/domain';
import { hasCsrfToken, isSameOrigin, type Principal, type RequestHeaders } from '@carillon/identity';
import { CodedError } from '@carillon/service-runtime';

export interface AskingRequest {
  readonly headers: RequestHeaders;
  /** That the client asked for. */
  readonly host: string;
}

/** Whether this is somebody whom the route is for. */
function holds({ role, isOperator }: Principal, access: Exclude<Route['access'], 'public'>): boolean {
  if (access === 'session') return true;
  if (access === 'operator') return role === 'admin' && isOperator;
  return roleCovers(role, access);
}

/**
 * May this request use this route? Nothing is let through that the route does not name.
 * @param principal of its session; undefined without one
 * @throws {CodedError} `IDENTITY.NO_SESSION`, `IDENTITY.FORBIDDEN`, `IDENTITY.CROSS_SITE`
 */
export function authorise(route: Route, principal: Principal | undefined, { headers, host }: AskingRequest): void {
  const changes = route.method !== 'GET';
  if (changes && !isSameOrigin(headers, host))
    throw new CodedError('IDENTITY.CROSS_SITE', 'The request comes from another site');
  if (route.access === 'public') return;
  if (principal === undefined) throw new CodedError('IDENTITY.NO_SESSION', 'Log in first');
  if (!holds(principal, route.access)) throw new CodedError('IDENTITY.FORBIDDEN', 'Your role does not allow this');
  if (changes && !hasCsrfToken(headers, principal.csrf))
    throw new CodedError('IDENTITY.CROSS_SITE', 'The request does not carry the token of its session');
}
