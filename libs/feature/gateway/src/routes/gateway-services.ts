import type { Database, Tx } from '@carillon/database';
import type { Bus } from '@carillon/event-bus';
import type { Audit, Login, LoginThrottle, Principal, SecretBox, Sessions } from '@carillon/identity';
import type { Clock, Logger, Settings } from '@carillon/service-runtime';

/** What route handlers work with. */
export interface GatewayServices {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly database: Database;
  readonly bus: Bus;
  readonly sessions: Sessions;
  readonly login: Login;
  readonly throttle: LoginThrottle;
  readonly audit: Audit;
  readonly box: SecretBox;
}

/** The part of a request that says who acts, from where. */
export interface Acting {
  readonly principal: Principal;
  readonly client: { readonly address: string };
}

/** Work on the rows of the acting user's organisation. */
export function inOwnOrganisation<Result>(
  { database }: GatewayServices,
  { principal }: Acting,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return database.forOrganisation(principal.organisationId, work);
}

/** Who acts, for the audit. */
export function actorOf({ principal, client }: Acting) {
  const { organisationId, userId, displayName } = principal;
  return { organisationId, userId, displayName, address: client.address };
}
