import type { TrunkState } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import type { Trunks } from '../trunks/trunks.js';
import type { Place } from './place.js';

const LOOK_MS = 1_000;
/** All are told again: a process that was started meanwhile knows nothing. */
const AGAIN_AFTER_LOOKS = 10;

/** The first process registers with providers and asks whether they are there; the others hear what it finds. @returns stops */
export function shareTrunkStates(parts: {
  readonly trunks: Pick<Trunks, 'allStates' | 'hear'>;
  readonly bus: Bus;
  readonly place: Place;
  readonly clock: Clock;
}): () => void {
  const { trunks, bus, place, clock } = parts;
  if (place.own !== 0) return bus.subscribe('signalling.trunk-state', ({ state }) => trunks.hear(state));
  let told = new Map<string, string>();
  let looks = 0;
  let stop = (): void => undefined;
  const look = (): void => {
    if (looks % AGAIN_AFTER_LOOKS === 0) told = new Map();
    looks += 1;
    for (const state of trunks.allStates()) tellChanged(state);
    stop = clock.after(LOOK_MS, look);
  };
  const tellChanged = (state: TrunkState): void => {
    const text = JSON.stringify(state);
    if (told.get(state.trunkId) === text) return;
    told.set(state.trunkId, text);
    bus.publish('signalling.trunk-state', { process: place.own, state });
  };
  look();
  return () => stop();
}
