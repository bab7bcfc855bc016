import type { Metrics } from '@carillon/service-runtime';
import { Counter, Gauge } from 'prom-client';
import type { HepDrop } from './hep/hep-sender.js';
import type { LadderWriter } from './ladder-writer.js';
import type { Ladders } from './ladders.js';

/** What ladders tell Prometheus. */
export class LadderFigures {
  readonly hepSent: Counter;
  readonly hepDropped: Counter<'why'>;

  constructor(private readonly metrics: Metrics) {
    const registers = [metrics.registry];
    this.hepSent = new Counter({
      name: 'carillon_hep_sent_total',
      help: 'Messages that went to a HEP collector',
      registers,
    });
    this.hepDropped = new Counter({
      name: 'carillon_hep_dropped_total',
      help: 'Messages that did not go to a HEP collector, by cause',
      labelNames: ['why'] satisfies readonly 'why'[],
      registers,
    });
    const causes: readonly HepDrop[] = ['queue-full', 'too-large', 'unreachable'];
    for (const why of causes) this.hepDropped.inc({ why }, 0);
  }

  /** Figures that are read when somebody asks. */
  watch(ladders: Ladders, writer: LadderWriter): void {
    this.gauge('carillon_ladder_octets', 'Octets of messages of calls in memory', () => ladders.figures.octets);
    this.gauge('carillon_ladders', 'Calls whose ladder is in memory', () => ladders.figures.ladders);
    this.gauge(
      'carillon_ladder_messages_lost',
      'Messages not kept because memory was short',
      () => ladders.figures.lost,
    );
    this.gauge(
      'carillon_ladders_given_up',
      'Calls whose ladder was given up for want of time',
      () => ladders.figures.givenUp,
    );
    this.gauge('carillon_ladders_written', 'Ladders written since the start', () => writer.written);
    this.gauge('carillon_ladders_lost', 'Ladders that could not be written since the start', () => writer.lost);
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      ...{ name, help, registers: [this.metrics.registry] },
      collect() {
        this.set(read());
      },
    });
  }
}
