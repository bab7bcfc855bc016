import type { Logger } from './logger.js';

/** What one part says about itself. `detail` is shown to operators: no secrets. */
export interface HealthState {
  readonly ok: boolean;
  readonly detail?: string;
}
export type HealthCheck = () => HealthState | Promise<HealthState>;

/** `GET /health`: red if any part is red. */
export interface HealthReport {
  readonly ok: boolean;
  readonly parts: Readonly<Record<string, HealthState>>;
}

/** A check that takes longer than this counts as red. */
const CHECK_LIMIT_MS = 3_000;

/** Every part registers a named check; a change between green and red is logged once. */
export class Health {
  private readonly checks = new Map<string, HealthCheck>();
  private readonly last = new Map<string, boolean>();

  constructor(private readonly logger: Logger) {}

  /** @returns takes the check away again */
  register(name: string, check: HealthCheck): () => void {
    this.checks.set(name, check);
    return () => {
      if (this.checks.get(name) === check) this.checks.delete(name);
      this.last.delete(name);
    };
  }

  /** Runs all checks at once. Never rejects. */
  async report(): Promise<HealthReport> {
    const parts = await Promise.all(
      [...this.checks].map(async ([name, check]): Promise<[string, HealthState]> => [name, await this.run(check)]),
    );
    for (const [name, state] of parts) this.noteChange(name, state);
    return { ok: parts.every(([, state]) => state.ok), parts: Object.fromEntries(parts) };
  }

  private async run(check: HealthCheck): Promise<HealthState> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<HealthState>((settle) => {
      timer = setTimeout(
        () => settle({ ok: false, detail: `no answer within ${CHECK_LIMIT_MS / 1000} s` }),
        CHECK_LIMIT_MS,
      );
    });
    try {
      return await Promise.race([Promise.resolve().then(check), late]);
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  private noteChange(part: string, state: HealthState): void {
    const before = this.last.get(part) ?? true;
    this.last.set(part, state.ok);
    if (before && !state.ok) this.logger.error({ part, detail: state.detail }, `Health: ${part} is red`);
    if (!before && state.ok) this.logger.info({ part }, `Health: ${part} is green again`);
  }
}
