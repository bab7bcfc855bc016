import type { Role } from '@carillon/domain';

/** Who asks: a logged-in user, as its session tells. */
export interface Principal {
  readonly sessionId: string;
  readonly userId: string;
  readonly organisationId: string;
  readonly organisationName: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: Role;
  /** May do what concerns the whole installation. */
  readonly isOperator: boolean;
  readonly mustChangePassword: boolean;
  /** To be sent back in the header of `CSRF_HEADER` with every request that changes something. */
  readonly csrf: string;
}
