import { PrismaPg } from '@prisma/adapter-pg';
import type { HealthState, Logger } from '@carillon/service-runtime';
import { explainDatabaseError } from './database-errors.js';
import { Prisma, PrismaClient } from './generated/client.js';
import { ScopedStatements, type ScopedStatement } from './scoped-statements.js';

/** What work inside a transaction queries with: every model by its name, and `$queryRaw`. */
export type Tx = Prisma.TransactionClient;

/** Without superuser rights, bound to one organisation's rows. Made by the migrations, as is the next. */
export const SERVICE_ROLE = 'carillon_app';
/** Likewise without superuser rights; sees the rows of every organisation. */
export const SYSTEM_ROLE = 'carillon_system';

/** Connections for single statements, beside those of the pool. */
const STATEMENT_CONNECTIONS = 4;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface DatabaseOptions {
  readonly url: string;
  readonly logger: Logger;
  /** Open connections at most. */
  readonly poolSize?: number;
}

/**
 * The only way to the tables. All work is a transaction in the scope of one organisation, or of the system; outside a
 * scope no row is visible. The database itself enforces this, not the queries.
 */
export class Database {
  private readonly client: PrismaClient;
  private readonly statements: ScopedStatements;
  private readonly logger: Logger;

  constructor({ url, logger, poolSize = 20 }: DatabaseOptions) {
    this.logger = logger;
    const connection = {
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      options: `-c role=${SERVICE_ROLE} -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000`,
    };
    this.statements = new ScopedStatements({ ...connection, max: STATEMENT_CONNECTIONS }, logger);
    const adapter = new PrismaPg(
      { ...connection, max: poolSize },
      {
        onPoolError: (error) => logger.debug({ error }, 'An idle database connection broke'),
        onConnectionError: (error) => logger.debug({ error }, 'A database connection broke'),
      },
    );
    this.client = new PrismaClient({ adapter, transactionOptions: { maxWait: 6_000, timeout: 20_000 } });
  }

  /**
   * Sees and changes the rows of one organisation. Rolled back if `work` throws.
   * @throws {CodedError} `DATABASE.UNAVAILABLE`; and whatever `work` throws
   */
  forOrganisation<Result>(organisationId: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    if (!UUID.test(organisationId)) throw new TypeError(`Not an organisation's id: ${organisationId}`);
    // Local to the transaction: a pooled connection never carries a scope over.
    return this.inScope(Prisma.sql`SELECT set_config('carillon.organisation', ${organisationId}, true)`, work);
  }

  /**
   * One statement that writes an organisation's rows, in a transaction of its own and in one round trip: for what comes
   * by the hundred. Rolled back if it fails. @returns how many rows it wrote
   * @throws {CodedError} `DATABASE.UNAVAILABLE`; and what PostgreSQL refuses it with
   */
  writeForOrganisation(organisationId: string, statement: ScopedStatement): Promise<number> {
    if (!UUID.test(organisationId)) throw new TypeError(`Not an organisation's id: ${organisationId}`);
    return this.statements.run(organisationId, statement);
  }

  /**
   * Sees every organisation's rows: for what cannot know the organisation yet (login by email, the SIP domain of a
   * request, start).
   * @param reason in words, for the log
   */
  asSystem<Result>(reason: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    this.logger.trace({ reason }, 'Database work in the scope of the system');
    return this.inScope(Prisma.sql`SELECT set_config('role', ${SYSTEM_ROLE}, true)`, work);
  }

  /** The health check. */
  async check(): Promise<HealthState> {
    try {
      await this.client.$queryRaw`SELECT 1`;
      return { ok: true };
    } catch (error) {
      this.logger.debug({ error }, 'The database does not answer');
      return { ok: false, detail: 'The database does not answer' };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.client.$disconnect(), this.statements.close()]);
  }

  private async inScope<Result>(enter: Prisma.Sql, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    try {
      return await this.client.$transaction(async (tx) => {
        await tx.$queryRaw(enter);
        return await work(tx);
      });
    } catch (error) {
      throw explainDatabaseError(error);
    }
  }
}
