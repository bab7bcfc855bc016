import type { Metrics } from '@carillon/service-runtime';
import { Counter, Gauge } from 'prom-client';

/** What the border tells Prometheus. */
export class BorderFigures {
  readonly bans: Counter<'reason'>;
  readonly dropped: Counter<'why'>;
  readonly turnedAway: Counter<'why'>;

  constructor(metrics: Metrics, admittedShare: () => number) {
    const registers = [metrics.registry];
    this.bans = new Counter({
      name: 'carillon_sip_bans_total',
      help: 'Sources that were banned, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.dropped = new Counter({
      name: 'carillon_sip_dropped_total',
      help: 'SIP messages thrown away unread',
      labelNames: ['why'],
      registers,
    });
    this.turnedAway = new Counter({
      name: 'carillon_sip_connections_refused_total',
      help: 'SIP connections closed before any handshake',
      labelNames: ['why'],
      registers,
    });
    new Gauge({
      name: 'carillon_admitted_share',
      help: 'Share of new calls that is let in; below 1 the server is overloaded',
      registers,
      collect() {
        this.set(admittedShare());
      },
    });
  }
}
