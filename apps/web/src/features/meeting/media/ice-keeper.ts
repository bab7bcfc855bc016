import type { types } from 'mediasoup-client';

/** A short break mends itself. */
const WAIT_MS = 2_000;
/** After a restart, ICE has this long to find a way (RFC 8445 §14 paces checks; real networks need seconds). */
const GIVE_UP_MS = 12_000;

interface IceKeeperOptions {
  restart: () => Promise<void>;
  onBroken: () => void;
}

/**
 * Mends a transport that lost its way.
 *
 *     connected ──disconnected──▶ waiting ──2 s or failed──▶ restarting ──12 s or refused──▶ broken
 *         ▲──────────────connected──┴─────────connected───────────┘
 */
export class IceKeeper {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private restarting = false;

  constructor(private readonly options: IceKeeperOptions) {}

  see(state: types.ConnectionState): void {
    if (state === 'connected') {
      this.restarting = false;
      this.stop();
    } else if (state === 'failed') this.restart();
    else if (state === 'disconnected' && this.timer === null) this.timer = setTimeout(() => this.restart(), WAIT_MS);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private restart(): void {
    if (this.restarting) return;
    this.restarting = true;
    this.stop();
    const giveUp = () => {
      this.stop();
      this.restarting = false;
      this.options.onBroken();
    };
    this.timer = setTimeout(giveUp, GIVE_UP_MS);
    this.options.restart().catch(giveUp);
  }
}
