import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@carillon/database';
import { Logger } from '@carillon/service-runtime';
import { Audit } from './audit.js';
import { LoginThrottle } from './login-throttle.js';
import { verifyPassword } from './password-hash.js';
import { Sessions, type SessionClient, type StartedSession } from './sessions.js';

export interface LoginAttempt extends SessionClient {
  readonly email: string;
  readonly password: string;
}

export type LoginOutcome =
  | ({ readonly ok: true } & StartedSession)
  /** Whatever was wrong: no such user, wrong password, disabled. */
  | { readonly ok: false; readonly code: 'IDENTITY.WRONG_CREDENTIALS' }
  | { readonly ok: false; readonly code: 'IDENTITY.SLOWED'; readonly retryAfterSeconds: number };

/** Email and password → session. Says and times the same whether or not the user exists. */
@Injectable()
export class Login {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
    @Inject(Audit) private readonly audit: Audit,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async login({ email, password, address, userAgent }: LoginAttempt): Promise<LoginOutcome> {
    const account = email.trim().toLowerCase();
    // Anything may be typed as an address: the prefix keeps it from spending the tries of other secrets.
    const attempt = { account: `login ${account}`, address };
    const retryAfterSeconds = await this.throttle.begin(attempt);
    if (retryAfterSeconds !== undefined) {
      this.logger.warn({ address }, 'Too many wrong logins: slowed');
      return { ok: false, code: 'IDENTITY.SLOWED', retryAfterSeconds };
    }
    const user = await this.database.asSystem('login', (tx) => tx.user.findUnique({ where: { email: account } }));
    const fits = await verifyPassword(user?.passwordHash, password);
    if (user === null || user.disabledAt !== null || !fits) {
      this.logger.info({ address }, 'A login was refused');
      return { ok: false, code: 'IDENTITY.WRONG_CREDENTIALS' };
    }
    await this.throttle.succeeded(attempt);
    const started = await this.sessions.start(user.id, { address, userAgent });
    await this.database.forOrganisation(user.organisationId, (tx) =>
      this.audit.record(tx, {
        actor: { ...started.principal, address },
        action: 'session.started',
        target: user.email,
      }),
    );
    return { ok: true, ...started };
  }
}
