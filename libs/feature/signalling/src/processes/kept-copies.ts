import type { EventPayload } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';

/** Of all processes together; beyond, what is new is lost with its process, as if it had not been copied. */
const MAX_COPIES = 200_000;

type What = EventPayload<'signalling.copied'>['what'];
type Kept = EventPayload<'signalling.copied'>['kept'][number];

/** In the process that started the others: what each of them has, for the one that takes its place when it dies. */
export class KeptCopies {
  private readonly copies = new Map<string, Map<string, Kept>>();
  private readonly processes = new Set<number>();
  private count = 0;
  private readonly stops: (() => void)[];

  /** @param taken told when a process begins in the place of a dead one, and has what that one had */
  constructor(bus: Bus, taken: (process: number) => void) {
    this.stops = [
      bus.subscribe('signalling.copied', (event) => this.hear(event)),
      bus.handle('signalling.take-over', ({ process }) => {
        const answer = {
          ok: true as const,
          calls: this.list(process, 'calls'),
          subscriptions: this.list(process, 'subscriptions'),
          publications: this.list(process, 'publications'),
          publishedElsewhere: this.publishedElsewhere(process),
        };
        taken(process);
        return answer;
      }),
    ];
  }

  /** Whether the process that takes the place of this one can go on with it. */
  goesOn(process: number, what: What, key: string): boolean {
    return this.of(process, what).get(key)?.goesOn === true;
  }

  /** Calls that the process in its place could only end. */
  endings(process: number): Kept[] {
    return this.list(process, 'calls').filter(({ goesOn }) => !goesOn);
  }

  forget(process: number, what: What, key: string): void {
    if (this.of(process, what).delete(key)) this.count -= 1;
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private hear({ process, what, anew, kept, gone }: EventPayload<'signalling.copied'>): void {
    const copies = this.of(process, what);
    this.processes.add(process);
    if (anew) {
      this.count -= copies.size;
      copies.clear();
    }
    for (const key of gone) this.forget(process, what, key);
    for (const one of kept) {
      if (!copies.has(one.key)) {
        if (this.count >= MAX_COPIES) continue;
        this.count += 1;
      }
      copies.set(one.key, one);
    }
  }

  private list(process: number, what: What): Kept[] {
    return [...this.of(process, what).values()];
  }

  private publishedElsewhere(than: number): { process: number; publications: Kept[] }[] {
    return [...this.processes]
      .filter((process) => process !== than)
      .map((process) => ({ process, publications: this.list(process, 'publications') }));
  }

  private of(process: number, what: What): Map<string, Kept> {
    const key = `${process} ${what}`;
    const copies = this.copies.get(key) ?? new Map<string, Kept>();
    this.copies.set(key, copies);
    return copies;
  }
}
