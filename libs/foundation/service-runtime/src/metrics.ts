import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * The Prometheus registry behind `GET /metrics`. Features make their own meters on it:
 * `new Counter({ name: 'carillon_calls_total', help: '…', registers: [metrics.registry] })`.
 */
export class Metrics {
  readonly registry = new Registry();

  /** Adds the figures of the process itself (memory, event-loop delay, …). Once, by the program. */
  collectProcessFigures(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
