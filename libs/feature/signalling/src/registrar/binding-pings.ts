import type { Clock } from '@carillon/service-runtime';
import { ExpiryBuckets, type UserAgent } from '@carillon/sip-stack';
import type { Binding } from './binding.js';
import { reachBinding } from './reach-binding.js';

/** Time to answer one ping. */
const ANSWER_MS = 5_000;
/** After a ping without answer the next one follows soon. */
const AGAIN_MS = 1_000;
/** So many in a row without answer, and the phone is gone. */
const MAX_MISSES = 2;
/** How often due pings are looked for. */
const TICK_MS = 1_000;
/** Pings without answer at once, over all phones: the rest waits for the next tick. */
const MAX_ASKING = 2_000;

export interface PingOptions {
  /** Between two pings; 0 sends none. */
  readonly seconds: number;
  /** Called once, when the phone does not answer any more. */
  readonly onDead: () => void;
}

interface Ping extends PingOptions {
  readonly binding: Binding;
  misses: number;
  stopped: boolean;
  /** When the next one is due. */
  expiresAt: number;
}

/**
 * Asks phones by OPTIONS whether they are still there. Any answer will do: 404 and 501 come from a living phone as well.
 * The way there and back keeps a NAT's binding open.
 */
export class BindingPings {
  private readonly due: ExpiryBuckets<Ping>;
  private asking = 0;
  private count = 0;
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly userAgent: Pick<UserAgent, 'request' | 'flow' | 'addresses' | 'contactUri'>,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {
    this.due = new ExpiryBuckets(clock.now());
  }

  /** Phones that are asked now and again. */
  get size(): number {
    return this.count;
  }

  /** @returns stops */
  watch(binding: Binding, options: PingOptions): () => void {
    if (options.seconds <= 0) return () => undefined;
    // Spread, or phones that came together after a power cut would be asked together for ever.
    const first = this.clock.now() + options.seconds * 1000 * (0.5 + this.random() / 2);
    const ping: Ping = { binding, ...options, misses: 0, stopped: false, expiresAt: first };
    this.due.add(ping);
    this.count += 1;
    this.stopTimer ??= this.tickLater();
    return () => this.stop(ping);
  }

  close(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private stop(ping: Ping): void {
    if (ping.stopped) return;
    ping.stopped = true;
    this.count -= 1;
    this.due.delete(ping);
  }

  private tickLater(): () => void {
    return this.clock.after(TICK_MS, () => {
      const now = this.clock.now();
      for (const ping of this.due.takeDue(now))
        if (this.asking < MAX_ASKING) this.ask(ping);
        else this.schedule(ping, AGAIN_MS);
      this.stopTimer = this.count > 0 ? this.tickLater() : undefined;
    });
  }

  private ask(ping: Ping): void {
    const reach = reachBinding(this.userAgent, ping.binding);
    if (reach === undefined) {
      this.end(ping);
      return;
    }
    this.asking += 1;
    let settled = false;
    const settle = (alive: boolean): void => {
      if (settled) return;
      settled = true;
      stopTimer();
      this.asking -= 1;
      if (!ping.stopped) this.judge(ping, alive);
    };
    const stopTimer = this.clock.after(ANSWER_MS, () => settle(false));
    const from = this.userAgent.contactUri(ping.binding.protocol, 'ping');
    this.userAgent.request({ method: 'OPTIONS', ...reach, from, to: ping.binding.contactUri }).then(
      // Without a response, nobody has answered.
      ({ response }) => settle(response !== undefined),
      () => settle(false),
    );
  }

  private judge(ping: Ping, alive: boolean): void {
    ping.misses = alive ? 0 : ping.misses + 1;
    if (ping.misses >= MAX_MISSES) this.end(ping);
    else this.schedule(ping, alive ? ping.seconds * 1000 : AGAIN_MS);
  }

  private end(ping: Ping): void {
    this.stop(ping);
    ping.onDead();
  }

  private schedule(ping: Ping, afterMs: number): void {
    ping.expiresAt = this.clock.now() + afterMs;
    this.due.add(ping);
  }
}
