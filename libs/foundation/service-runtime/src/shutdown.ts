import type { Logger } from './logger.js';

/** Closes one part. Called once. */
export type Close = (reason: string) => void | Promise<void>;

interface Step {
  readonly name: string;
  readonly close: Close;
  readonly limitMs: number;
}

/**
 * Closes parts in the reverse order of their registration: who was built last stands on the others, so goes first.
 * A part that fails or takes too long is named in the log and does not hold up the rest.
 */
export class Shutdown {
  private readonly steps: Step[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly logger: Logger) {}

  get started(): boolean {
    return this.running !== undefined;
  }

  /** @param limitMs how long this part may take, 5 s unless told otherwise @returns takes the part out again */
  register(name: string, close: Close, limitMs = 5_000): () => void {
    const step = { name, close, limitMs };
    this.steps.push(step);
    return () => {
      const index = this.steps.indexOf(step);
      if (index >= 0) this.steps.splice(index, 1);
    };
  }

  /** Idempotent: later calls wait for the first one. Never rejects. */
  run(reason: string): Promise<void> {
    this.running ??= this.closeAll(reason);
    return this.running;
  }

  private async closeAll(reason: string): Promise<void> {
    this.logger.info({ reason }, 'Shutting down');
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) await this.closeOne(step, reason);
    this.logger.info('Stopped');
  }

  private async closeOne(step: Step, reason: string): Promise<void> {
    const { name, limitMs } = step;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((settle) => {
      timer = setTimeout(() => settle('late'), limitMs);
    });
    const closing = Promise.resolve().then(() => step.close(reason));
    try {
      const outcome = await Promise.race([closing, late]);
      if (outcome !== 'late') {
        this.logger.debug({ part: name }, `Closed ${name}`);
        return;
      }
      this.logger.warn({ part: name, limitMs }, `${name} did not close in time; going on without it`);
      closing.catch((error: unknown) => this.logger.error({ part: name, error }, `${name} failed to close`));
    } catch (error) {
      this.logger.error({ part: name, error }, `${name} failed to close`);
    } finally {
      clearTimeout(timer);
    }
  }
}
