import type { JsonObject } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import type { Place } from './place.js';

/** What has changed meanwhile is told together: calls that last shorter than this are never copied. */
const LOOK_MS = 1_000;

/** Something that another process could go on with. */
export interface Copied {
  readonly key: string;
  /** Tells one state of it from another. */
  readonly mark: string | number;
  /** @returns undefined while nobody could go on with it */
  copy(): object | undefined;
}

export interface TellCopiesParts {
  readonly bus: Bus;
  readonly place: Place;
  readonly clock: Clock;
}

/** Tells the process that started us, each second, what has changed of what would be lost with us. @returns stops */
export function tellCopies(
  { bus, place, clock }: TellCopiesParts,
  what: 'calls' | 'subscriptions',
  all: () => Iterable<Copied>,
): () => void {
  let anew = true;
  let told = new Map<string, string | number>();
  const look = (): void => {
    const now = new Map<string, string | number>();
    const kept: { key: string; copy: JsonObject }[] = [];
    for (const one of all()) {
      const { key, mark } = one;
      const copy = told.get(key) === mark ? undefined : one.copy();
      if (copy === undefined && told.get(key) !== mark) continue;
      now.set(key, mark);
      // Made of objects, strings, numbers and lists alone.
      if (copy !== undefined) kept.push({ key, copy: copy as JsonObject });
    }
    const gone = [...told.keys()].filter((key) => !now.has(key));
    told = now;
    if (anew || kept.length > 0 || gone.length > 0)
      bus.publish('signalling.copied', { process: place.own, what, anew, kept, gone });
    anew = false;
    stop = clock.after(LOOK_MS, look);
  };
  let stop = clock.after(LOOK_MS, look);
  return () => stop();
}
