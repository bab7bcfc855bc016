import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CodedError, giveWay, type Logger } from '@carillon/service-runtime';
import { chooseClusterDirectory, EMBEDDED_USER, initialiseCluster, readOrMakePassword } from './cluster-directory.js';
import { chooseDatabasePort } from './database-port.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { findPostmaster, isProcessAlive } from './postmaster.js';
import { findSystemUser, type SystemUser } from './system-user.js';

/** Recovery after a crash can take this long. */
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const WATCH_MS = 500;
/** Said to whoever connects in the middle of a start or an end: nothing is wrong. */
const PASSING = /starting up|shutting down|not yet accepting connections|unexpected postmaster exit/;
const LONGEST_PAUSE_MS = 5_000;

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly port?: number | undefined;
  readonly logger: Logger;
  /** Nothing is forced to disk: faster, and lost in a power cut. For tests alone. */
  readonly hasty?: boolean;
}

interface ServerParts {
  readonly program: string;
  readonly clusterDir: string;
  readonly user: SystemUser | undefined;
  readonly port: number;
  readonly password: string;
  readonly logger: Logger;
  readonly hasty: boolean;
}

/**
 * Supervises the PostgreSQL server that npm delivers. A server left behind by a killed process is adopted; one that
 * dies while we run is started again.
 *
 *     start ─▶ running ──(process gone)──▶ restarting ─▶ running
 *                 └──────── stop ────────────┴─▶ stopped
 */
export class EmbeddedPostgres {
  private state: 'running' | 'restarting' | 'stopped' = 'running';
  private child: ChildProcess | undefined;
  private watch: NodeJS.Timeout | undefined;

  private constructor(private readonly parts: ServerParts) {}

  /** @throws {StartRefusal} what a person can mend @throws {CodedError} `DATABASE.INIT_FAILED`, `DATABASE.START_FAILED` */
  static async start({ dataDir, port, logger, hasty = false }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const user = findSystemUser();
    const { initdb, postgres } = findPostgresBinaries(user);
    const clusterDir = chooseClusterDirectory(dataDir, user, logger);
    const password = readOrMakePassword(dataDir);
    const running = findPostmaster(clusterDir);
    if (running === undefined && initialiseCluster({ initdb, clusterDir, password, user, hasty }))
      logger.info({ databaseDir: clusterDir }, 'Made a new database');
    const chosen = running?.port ?? (await chooseDatabasePort(dataDir, port));
    const server = new EmbeddedPostgres({ program: postgres, clusterDir, user, port: chosen, password, logger, hasty });
    if (running === undefined) server.launch();
    else logger.info({ pid: running.pid }, 'Found the database still running: using it');
    await server.waitUntilReady();
    await server.makeDatabase();
    server.watch = setInterval(() => server.look(), WATCH_MS);
    server.watch.unref();
    return server;
  }

  /** As the server's superuser: for migrations. The service itself gives up these rights. */
  get url(): string {
    return this.urlOf(EMBEDDED_USER);
  }

  /** The server's process, while it runs. */
  get pid(): number | undefined {
    return findPostmaster(this.parts.clusterDir)?.pid;
  }

  /** Ends the server in good order, at once if that takes too long. Idempotent. */
  async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    clearInterval(this.watch);
    const pid = this.pid ?? this.child?.pid;
    if (pid === undefined) return;
    // SIGINT: fast shutdown, open transactions are rolled back. SIGQUIT: immediate, the next start recovers.
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      if (isProcessAlive(pid)) process.kill(pid, signal);
      for (const end = Date.now() + STOP_LIMIT_MS; Date.now() < end && isProcessAlive(pid);) await sleep(20);
      if (!isProcessAlive(pid)) return;
      this.parts.logger.warn({ pid, signal }, 'The database is slow to stop');
    }
  }

  private urlOf(database: string): string {
    return `postgresql://${EMBEDDED_USER}:${this.parts.password}@127.0.0.1:${this.parts.port}/${database}`;
  }

  private launch(): void {
    const settings: Record<string, string> = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: '64MB',
      // Statements carry secrets: they are never written to the log.
      log_min_error_statement: 'panic',
      ...(this.parts.hasty ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    };
    const child = spawn(
      this.parts.program,
      [
        '-D',
        this.parts.clusterDir,
        '-p',
        String(this.parts.port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      // Detached: a Ctrl-C at the terminal must reach us alone, so that we can end calls before the database goes.
      {
        ...this.parts.user,
        cwd: '/',
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      },
    );
    this.child = child;
    // Calls come before writing them down.
    const refused = child.pid === undefined ? undefined : giveWay(child.pid);
    if (refused !== undefined) this.parts.logger.debug({ error: refused }, 'The database does not give way');
    child.once('error', (error) => this.parts.logger.error({ error }, 'The database program did not start'));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/\b(FATAL|PANIC):/.test(line) && !PASSING.test(line))
        this.parts.logger.warn({ line }, 'The database complains');
      else this.parts.logger.trace({ line }, 'Database log');
    });
  }

  /** Until it answers. A start that fails ("shared memory still in use" after a crash) is tried again. */
  private async waitUntilReady(): Promise<void> {
    let cause: unknown;
    for (const end = Date.now() + READY_LIMIT_MS; Date.now() < end && this.state !== 'stopped';) {
      const client = new pg.Client({ connectionString: this.urlOf('postgres'), connectionTimeoutMillis: 2_000 });
      client.on('error', (error) => this.parts.logger.debug({ error }, 'A database connection broke'));
      try {
        await client.connect();
        await client.query('SELECT 1');
        return;
      } catch (error) {
        cause = error;
        // 28P01: the password file does not belong to this cluster. Waiting does not help.
        if (error instanceof pg.DatabaseError && error.code === '28P01') break;
        if (this.child !== undefined && (this.child.exitCode !== null || this.child.signalCode !== null)) {
          await sleep(300);
          this.launch();
        }
        await sleep(30);
      } finally {
        await client
          .end()
          .catch((error: unknown) => this.parts.logger.trace({ error }, 'A database connection did not end well'));
      }
    }
    if (this.state === 'stopped') return;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('DATABASE.START_FAILED', `The embedded database did not start: ${why}`, undefined, { cause });
  }

  private async makeDatabase(): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres') });
    await client.connect();
    try {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [EMBEDDED_USER]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_USER}`);
    } finally {
      await client.end();
    }
  }

  private look(): void {
    if (this.state !== 'running' || findPostmaster(this.parts.clusterDir) !== undefined) return;
    this.state = 'restarting';
    this.parts.logger.error('The database died: starting it again');
    void this.restart();
  }

  private async restart(): Promise<void> {
    for (let pause = 100; this.state === 'restarting'; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        this.launch();
        await this.waitUntilReady();
        if (this.state !== 'restarting') return;
        this.state = 'running';
        this.parts.logger.info('The database is back');
        return;
      } catch (error) {
        this.parts.logger.error({ error }, 'The database does not come back yet');
        await sleep(pause);
      }
    }
  }
}
