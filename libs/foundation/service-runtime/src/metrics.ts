import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';

/** A metric with its values, as prom-client writes and reads it. */
export type JsonMetric = Record<string, unknown>;

/**
 * The Prometheus registry behind `GET /metrics`. Features make their own meters on it:
 * `new Counter({ name: 'carillon_calls_total', help: '…', registers: [metrics.registry] })`.
 */
export class Metrics {
  readonly registry = new Registry();
  private readonly sources: (() => Promise<readonly JsonMetric[]>)[] = [];

  /** Adds the figures of the process itself (memory, event-loop delay, …). Once, by the program. */
  collectProcessFigures(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Figures of another process, which count with ours: sums, unless a metric says otherwise. */
  addSource(source: () => Promise<readonly JsonMetric[]>): void {
    this.sources.push(source);
  }

  async asJson(): Promise<JsonMetric[]> {
    return (await this.registry.getMetricsAsJSON()).map((metric) => ({ ...metric }));
  }

  async text(): Promise<string> {
    if (this.sources.length === 0) return this.registry.metrics();
    // A process that does not answer now is missing in this answer.
    const others = await Promise.all(this.sources.map((source) => source().catch(() => [])));
    return AggregatorRegistry.aggregate([await this.asJson(), ...others].map((one) => [...one])).metrics();
  }
}
