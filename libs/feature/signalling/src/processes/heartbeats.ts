import type { Clock } from '@carillon/service-runtime';

const BEAT_MS = 1_000;
/** A process that is busy with calls answers late, not never. */
const MISSED_AT_MOST = 10;
/** Reading the directory and all bindings takes its time. */
const STARTS_WITHIN_BEATS = 60;

export interface HeartbeatParts {
  readonly clock: Clock;
  /** Resolves when the process has answered; rejects where it cannot be asked. */
  readonly ask: (process: number) => Promise<unknown>;
  /** It does not answer: it hangs. */
  readonly hangs: (process: number, seconds: number) => void;
}

interface Pulse {
  ready: boolean;
  /** Beats since it last answered, or began to start. */
  missed: number;
  asked: boolean;
  /** How long its last answer took. */
  tookMs: number | undefined;
}

/**
 * Finds processes that run and do nothing any more. Beats are counted, not seconds: where this process was halted itself,
 * with the machine say, nobody has missed any.
 */
export class Heartbeats {
  private readonly pulses = new Map<number, Pulse>();
  private stop: () => void;

  constructor(private readonly parts: HeartbeatParts) {
    this.stop = parts.clock.after(BEAT_MS, () => this.beat());
  }

  /** It was started, and is not ready yet. */
  started(process: number): void {
    this.pulses.set(process, { ready: false, missed: 0, asked: false, tookMs: undefined });
  }

  ready(process: number): void {
    this.pulses.set(process, { ready: true, missed: 0, asked: false, tookMs: undefined });
  }

  gone(process: number): void {
    this.pulses.delete(process);
  }

  /** How long its last answer took, in milliseconds. */
  tookMs(process: number): number | undefined {
    return this.pulses.get(process)?.tookMs;
  }

  close(): void {
    this.stop();
    this.pulses.clear();
  }

  private beat(): void {
    for (const [process, pulse] of this.pulses) {
      pulse.missed += 1;
      if (pulse.missed > (pulse.ready ? MISSED_AT_MOST : STARTS_WITHIN_BEATS)) {
        // Once: its end is told by itself.
        this.pulses.delete(process);
        this.parts.hangs(process, (pulse.missed * BEAT_MS) / 1000);
      } else if (pulse.ready && !pulse.asked) this.ask(process, pulse);
    }
    this.stop = this.parts.clock.after(BEAT_MS, () => this.beat());
  }

  private ask(process: number, pulse: Pulse): void {
    const askedAt = performance.now();
    pulse.asked = true;
    this.parts.ask(process).then(
      () => {
        pulse.asked = false;
        pulse.missed = 0;
        pulse.tookMs = performance.now() - askedAt;
      },
      // Not answered in time: asked again.
      () => (pulse.asked = false),
    );
  }
}
