import type { EventPayload, JsonObject } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import type { Place } from './place.js';

/** What changes meanwhile is told together. */
const SOON_MS = 50;
/** What changes without a word (a dialog's target, say) is found within this. */
const LOOK_MS = 1_000;

/** What another process would need. */
export interface Copy {
  readonly copy: object;
  /** Where not, the other process can only end it. */
  readonly goesOn: boolean;
}

/** Something that another process could go on with, or end. */
export interface Copied {
  readonly key: string;
  /** Tells one state of it from another. */
  readonly mark: string | number;
  /** @returns undefined while nobody could do anything with it */
  copy(): Copy | undefined;
}

export interface TellCopiesParts {
  readonly bus: Bus;
  readonly place: Place;
  readonly clock: Clock;
}

export interface CopySource<One> {
  all(): Iterable<One>;
  /** @returns undefined where it is over */
  copied(one: One): Copied | undefined;
}

type Kept = EventPayload<'signalling.copied'>['kept'][number];

/**
 * Tells the process that started us what would be lost with us, so that the one in our place has it: what matters at
 * once, the rest a moment later together, and once a second all that differs.
 */
export class CopyTeller<One> {
  private told = new Map<string, string | number>();
  private readonly waiting = new Set<One>();
  private stopSoon: (() => void) | undefined;
  private stopLook: () => void = () => undefined;

  constructor(
    private readonly parts: TellCopiesParts,
    private readonly what: EventPayload<'signalling.copied'>['what'],
    private readonly source: CopySource<One>,
  ) {
    this.look(true);
  }

  now(one: One): void {
    this.waiting.delete(one);
    const kept = this.changed(one);
    if (kept !== undefined) this.tell([kept]);
  }

  soon(one: One): void {
    this.waiting.add(one);
    this.stopSoon ??= this.parts.clock.after(SOON_MS, () => this.flush());
  }

  close(): void {
    this.stopSoon?.();
    this.stopLook();
  }

  private flush(): void {
    this.stopSoon = undefined;
    const kept: Kept[] = [];
    for (const one of this.waiting) {
      const copy = this.changed(one);
      if (copy !== undefined) kept.push(copy);
    }
    this.waiting.clear();
    if (kept.length > 0) this.tell(kept);
  }

  /** @param anew nothing that was told in this place before counts any more */
  private look(anew: boolean): void {
    const now = new Map<string, string | number>();
    const kept: Kept[] = [];
    for (const one of this.source.all()) {
      const copied = this.source.copied(one);
      if (copied === undefined) continue;
      const copy = this.copyOf(copied);
      // The copy from before is not what it is now.
      if (copy === undefined && this.told.get(copied.key) !== copied.mark) continue;
      now.set(copied.key, copied.mark);
      if (copy !== undefined) kept.push(copy);
    }
    const gone = [...this.told.keys()].filter((key) => !now.has(key));
    this.told = now;
    if (anew || kept.length > 0 || gone.length > 0) this.tell(kept, { anew, gone });
    this.stopLook = this.parts.clock.after(LOOK_MS, () => this.look(false));
  }

  private changed(one: One): Kept | undefined {
    const copied = this.source.copied(one);
    return copied === undefined ? undefined : this.copyOf(copied);
  }

  /** @returns undefined where it was told like this */
  private copyOf(copied: Copied): Kept | undefined {
    const { key, mark } = copied;
    if (this.told.get(key) === mark) return undefined;
    const copy = copied.copy();
    if (copy === undefined) return undefined;
    this.told.set(key, mark);
    // Made of objects, strings, numbers and lists alone.
    return { key, copy: copy.copy as JsonObject, goesOn: copy.goesOn };
  }

  private tell(kept: Kept[], { anew = false, gone = [] }: { anew?: boolean; gone?: string[] } = {}): void {
    const { bus, place } = this.parts;
    bus.publish('signalling.copied', { process: place.own, what: this.what, anew, kept, gone });
  }
}
