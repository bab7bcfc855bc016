import type { Metrics } from '@carillon/service-runtime';
import { Counter, Gauge, Histogram } from 'prom-client';

const SETUP_BUCKETS = [0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Figures that are read when somebody asks. */
interface Live {
  readonly calls: () => number;
  readonly registrations: () => number;
  readonly gaveUp: () => number;
}

/** What signalling tells Prometheus. */
export class SignallingFigures {
  readonly callsEnded: Counter<'outcome'>;
  /** Seconds from an INVITE to the 180 that we send. */
  readonly setupSeconds: Histogram;
  readonly refusedInvites: Counter<'status'>;

  constructor(metrics: Metrics, live: Live) {
    const registers = [metrics.registry];
    new Gauge({
      name: 'carillon_calls',
      help: 'Calls in progress',
      registers,
      collect() {
        this.set(live.calls());
      },
    });
    new Gauge({
      name: 'carillon_registrations',
      help: 'Registered contacts',
      registers,
      collect() {
        this.set(live.registrations());
      },
    });
    new Gauge({
      name: 'carillon_phones_given_up',
      help: 'Phones that gave up at two digest challenges, since the start',
      registers,
      collect() {
        this.set(live.gaveUp());
      },
    });
    this.callsEnded = new Counter({
      name: 'carillon_calls_ended_total',
      help: 'Calls that ended, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.refusedInvites = new Counter({
      name: 'carillon_invites_refused_total',
      help: 'INVITEs that did not become a call, by SIP status',
      labelNames: ['status'],
      registers,
    });
    this.setupSeconds = new Histogram({
      name: 'carillon_call_setup_seconds',
      help: 'Seconds from INVITE to 180',
      buckets: SETUP_BUCKETS,
      registers,
    });
  }
}
