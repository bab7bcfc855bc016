import { timestampDistance } from './serial-number.js';

/** Interarrival jitter, RFC 3550 §6.4.1 and A.8. Pure: the arrival time is given with each packet. */
export class JitterEstimator {
  private transit: number | null = null;
  private lastTimestamp = 0;
  private estimate = 0;

  constructor(private clockRate: number) {}

  /** `arrivalMs` on any monotonic clock. */
  observe(timestamp: number, arrivalMs: number): void {
    const arrival = Math.round((arrivalMs * this.clockRate) / 1000) >>> 0;
    // Packets of one frame (or of one RFC 4733 event) share a timestamp and say nothing about jitter.
    if (this.transit !== null && timestamp === this.lastTimestamp) return;
    const transit = timestampDistance(arrival, timestamp);
    if (this.transit !== null) {
      const difference = Math.abs((transit - this.transit) | 0);
      // A jump of a minute is a new timeline, not jitter.
      if (difference < this.clockRate * 60) this.estimate += (difference - this.estimate) / 16;
    }
    this.transit = transit;
    this.lastTimestamp = timestamp;
  }

  /** In clock units, as report blocks carry it. */
  get clockUnits(): number {
    return Math.round(this.estimate);
  }

  get milliseconds(): number {
    return (this.estimate * 1000) / this.clockRate;
  }

  /** Timestamps count another clock from now on, as with another payload type (RFC 7160 §3): the estimate is kept. */
  setClockRate(clockRate: number): void {
    if (clockRate === this.clockRate) return;
    this.estimate *= clockRate / this.clockRate;
    this.clockRate = clockRate;
    this.restart();
  }

  /** Forgets the timeline but keeps the estimate: for a source that restarts. */
  restart(): void {
    this.transit = null;
  }
}
