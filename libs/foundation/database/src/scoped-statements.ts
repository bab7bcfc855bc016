import type { Logger } from '@carillon/service-runtime';
import pg from 'pg';
import { explainDatabaseError } from './database-errors.js';

/** One statement with its parameters; a name lets the server keep its plan. */
export interface ScopedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Single statements in the scope of an organisation, for writes that come by the hundred: one message there and one back
 * (libpq calls it pipeline mode), where an interactive transaction takes four. Each statement is a transaction of its own.
 * These connections are used for nothing else and remember whose scope they are in: it is set before the first statement of
 * another organisation, in the same go.
 */
export class ScopedStatements {
  private readonly pool: pg.Pool;
  private readonly scopes = new WeakMap<pg.PoolClient, string>();
  private closing: Promise<void> | undefined;

  constructor(options: pg.PoolConfig, logger: Logger) {
    this.pool = new pg.Pool({ ...options, pipeline: true });
    // It is replaced; whoever uses one that breaks sees its own error.
    this.pool.on('error', (error) => logger.debug({ error }, 'An idle database connection broke'));
  }

  /**
   * Committed when it resolves. @returns how many rows the statement wrote
   * @throws {CodedError} `DATABASE.UNAVAILABLE`; and whatever the statement fails with, rolled back
   */
  async run(organisationId: string, statement: ScopedStatement): Promise<number> {
    try {
      const client = await this.pool.connect();
      let usable = false;
      try {
        const scoped = this.enter(client, organisationId);
        const [entered, written] = await Promise.allSettled([
          scoped,
          client.query({ ...statement, values: [...statement.values] }),
        ]);
        if (entered.status === 'rejected') throw entered.reason;
        // A statement that was refused leaves its connection as it was; one that was lost leaves nothing.
        usable = written.status === 'fulfilled' || isRefusal(written.reason);
        if (written.status === 'rejected') throw written.reason;
        return written.value.rowCount ?? 0;
      } finally {
        client.release(!usable);
      }
    } catch (error) {
      throw explainDatabaseError(error);
    }
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.pool.end();
    return this.closing;
  }

  /** Sent ahead of the statement, which the database takes up when this is done. */
  private enter(client: pg.PoolClient, organisationId: string): Promise<unknown> | undefined {
    if (this.scopes.get(client) === organisationId) return undefined;
    this.scopes.set(client, organisationId);
    return client.query({ name: 'scope', text: ENTER_SCOPE, values: [organisationId] });
  }
}

/** Of the session: it lasts until the next. */
const ENTER_SCOPE = `SELECT set_config('carillon.organisation', $1, false)`;

/** The server has answered, with an error of the statement (its code has five characters, e.g. 23505). */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
