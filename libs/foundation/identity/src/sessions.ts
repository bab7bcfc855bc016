import { Inject, Injectable } from '@nestjs/common';
import { Database, type Session, type Tx } from '@carillon/database';
import { Clock } from '@carillon/service-runtime';
import type { Principal } from './principal.js';
import { hashToken, newToken } from './tokens.js';

const HOUR_MS = 3_600_000;
/** A session that is not used for this long ends. */
export const SESSION_IDLE_MS = 12 * HOUR_MS;
/** Every session ends after this. */
export const SESSION_LIFE_MS = 7 * 24 * HOUR_MS;
/** `last_seen_at` is not written more often. */
const SEEN_EVERY_MS = 60_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface SessionClient {
  readonly address: string;
  readonly userAgent: string;
}

/** A new session: the token goes into the cookie and is not kept here. */
export interface StartedSession {
  readonly token: string;
  readonly principal: Principal;
}

/** Logins that last: opaque tokens, of which the database keeps a hash. */
@Injectable()
export class Sessions {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Begins a session for a user whose password was just checked. @throws where the user does not exist */
  async start(userId: string, { address, userAgent }: SessionClient): Promise<StartedSession> {
    const token = newToken();
    const now = this.clock.now();
    return this.database.asSystem('session start', async (tx) => {
      const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, include: { organisation: true } });
      const session = await tx.session.create({
        data: {
          organisationId: user.organisationId,
          userId,
          tokenHash: hashToken(token),
          csrf: newToken(),
          address: address.slice(0, 64),
          userAgent: userAgent.slice(0, 256),
          createdAt: new Date(now),
          lastSeenAt: new Date(now),
          expiresAt: new Date(now + SESSION_LIFE_MS),
        },
      });
      await tx.session.deleteMany({ where: { userId, expiresAt: { lt: new Date(now) } } });
      return { token, principal: describe(session, user) };
    });
  }

  /**
   * Who holds this token; undefined where it is unknown, over, revoked, or its user disabled. Takes anything. The session
   * was used then, which puts off its idle end.
   */
  authenticate(token: string | undefined): Promise<Principal | undefined> {
    return this.find(token, true);
  }

  /** As `authenticate`, without counting as a use: for what goes on by itself while nobody is there. */
  peek(token: string | undefined): Promise<Principal | undefined> {
    return this.find(token, false);
  }

  private async find(token: string | undefined, isUse: boolean): Promise<Principal | undefined> {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    const now = this.clock.now();
    return this.database.asSystem('session check', async (tx) => {
      const session = await tx.session.findUnique({
        where: { tokenHash: hashToken(token) },
        include: { user: { include: { organisation: true } } },
      });
      if (session === null || session.revokedAt !== null || session.user.disabledAt !== null) return undefined;
      const seen = session.lastSeenAt.getTime();
      if (session.expiresAt.getTime() <= now || seen + SESSION_IDLE_MS <= now) return undefined;
      if (isUse && now - seen >= SEEN_EVERY_MS)
        await tx.session.updateMany({ where: { id: session.id }, data: { lastSeenAt: new Date(now) } });
      return describe(session, session.user);
    });
  }

  /** The user's sessions that still hold, newest first. */
  list({ organisationId, userId }: Pick<Principal, 'organisationId' | 'userId'>): Promise<Session[]> {
    const now = this.clock.now();
    return this.database.forOrganisation(organisationId, (tx) =>
      tx.session.findMany({
        where: {
          ...{ userId, revokedAt: null },
          expiresAt: { gt: new Date(now) },
          lastSeenAt: { gt: new Date(now - SESSION_IDLE_MS) },
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      }),
    );
  }

  /** @returns false where the user has no such session */
  async revoke(
    { organisationId, userId }: Pick<Principal, 'organisationId' | 'userId'>,
    sessionId: string,
  ): Promise<boolean> {
    const { count } = await this.database.forOrganisation(organisationId, (tx) =>
      tx.session.updateMany({
        where: { id: sessionId, userId, revokedAt: null },
        data: { revokedAt: new Date(this.clock.now()) },
      }),
    );
    return count > 0;
  }

  /** Ends all sessions of a user, within the change that is the reason. @param exceptSessionId the one to keep */
  async revokeAll(tx: Tx, userId: string, exceptSessionId?: string): Promise<void> {
    await tx.session.updateMany({
      where: { userId, revokedAt: null, ...(exceptSessionId === undefined ? {} : { id: { not: exceptSessionId } }) },
      data: { revokedAt: new Date(this.clock.now()) },
    });
  }
}

interface DescribedUser {
  id: string;
  organisationId: string;
  email: string;
  displayName: string;
  role: Principal['role'];
  isOperator: boolean;
  mustChangePassword: boolean;
  organisation: { name: string };
}

function describe(session: Session, user: DescribedUser): Principal {
  const { id, organisationId, email, displayName, role, isOperator, mustChangePassword } = user;
  return {
    ...{ sessionId: session.id, csrf: session.csrf },
    ...{ userId: id, organisationId, organisationName: user.organisation.name },
    ...{ email, displayName, role, isOperator, mustChangePassword },
  };
}
