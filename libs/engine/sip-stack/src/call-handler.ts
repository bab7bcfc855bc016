import type { Logger } from './logger.js';

/** Runs a handler of the application; one that throws is logged and costs nothing else. */
export function callHandler<T>(logger: Logger, name: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    logger.error({ handler: name, error: error instanceof Error ? error.stack : String(error) }, 'Handler failed');
    return undefined;
  }
}
