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
 * Single statements in the scope of an organisation, for writes that come by the hundred: the transaction's begin, its
 * scope, the statement and the commit travel in one go and are answered in one go (libpq calls it pipeline mode), where
 * an interactive transaction waits four times.
 */
export class ScopedStatements {
  private readonly pool: pg.Pool;
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
      let broken = true;
      try {
        const [, , written, committed] = await allSettled([
          client.query('BEGIN'),
          client.query({ name: 'scope', text: ENTER_SCOPE, values: [organisationId] }),
          client.query({ ...statement, values: [...statement.values] }),
          client.query('COMMIT'),
        ]);
        // The commit of a failed transaction is answered with ROLLBACK, after which the connection is as new.
        broken = committed.status === 'rejected';
        if (written.status === 'rejected') throw written.reason;
        if (committed.status === 'rejected') throw committed.reason;
        return written.value.rowCount ?? 0;
      } finally {
        client.release(broken);
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
}

/** Local to the transaction: a pooled connection never carries a scope over. */
const ENTER_SCOPE = `SELECT set_config('carillon.organisation', $1, true)`;

type Settled = [
  PromiseSettledResult<pg.QueryResult>,
  PromiseSettledResult<pg.QueryResult>,
  PromiseSettledResult<pg.QueryResult>,
  PromiseSettledResult<pg.QueryResult>,
];

async function allSettled(
  queries: [Promise<pg.QueryResult>, Promise<pg.QueryResult>, Promise<pg.QueryResult>, Promise<pg.QueryResult>],
): Promise<Settled> {
  const settled = await Promise.allSettled(queries);
  const [begun, scoped] = settled;
  if (begun.status === 'rejected') throw begun.reason;
  if (scoped.status === 'rejected') throw scoped.reason;
  return settled;
}
