import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import { othersOf, type Place } from './place.js';

/** A process that is not being stopped, or hangs, is not waited for any longer. */
const WAIT_MS = 3_000;

/**
 * When all processes stop, each says its goodbyes over connections of the others: so none closes its own before all have
 * said theirs.
 */
export class Quiet {
  private readonly quiet = new Set<number>();
  private readonly stop: () => void;
  private heard: () => void = () => undefined;

  constructor(private readonly parts: { readonly bus: Bus; readonly place: Place; readonly clock: Clock }) {
    this.stop = parts.bus.subscribe('signalling.process-quiet', ({ process }) => {
      this.quiet.add(process);
      this.heard();
    });
  }

  /** This one has. Resolves when all have, or it has waited long enough. */
  async reached(): Promise<void> {
    const { bus, place, clock } = this.parts;
    const all = new Promise<void>((settle) => {
      this.heard = () => {
        if (othersOf(place).every((process) => this.quiet.has(process))) settle();
      };
    });
    let stopTimer = (): void => undefined;
    const late = new Promise<void>((settle) => {
      stopTimer = clock.after(WAIT_MS, settle);
    });
    bus.publish('signalling.process-quiet', { process: place.own });
    this.heard();
    await Promise.race([all, late]);
    stopTimer();
    this.stop();
  }
}
