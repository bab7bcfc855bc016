import type { Logger } from './logger.js';
import type { Shutdown } from './shutdown.js';

/** The part of Node's `process` that is used here. */
export interface GuardedProcess {
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * What nobody caught. A promise that failed unheard is a defect in one thing that somebody wanted: it is logged, and the
 * calls of all others go on. An exception that was thrown through everything leaves nobody knows what half done: the parts
 * are closed in good order, so that calls end and the database stops, and the process with them.
 */
export function guardProcess(
  { logger, shutdown }: { readonly logger: Logger; readonly shutdown: Pick<Shutdown, 'run' | 'started'> },
  target: GuardedProcess = process,
): void {
  target.on('unhandledRejection', (error) => logger.error({ error }, 'Something failed that nobody waited for'));
  target.on('uncaughtException', (error) => {
    // While closing, more of the same is no news; where it is the log itself that fails, writing it would fail again.
    if (shutdown.started) logger.debug({ error }, 'Something failed while closing');
    else logger.fatal({ error }, 'Something failed that nobody caught');
    void shutdown.run('a failure that nobody caught').then(() => target.exit(1));
  });
}
