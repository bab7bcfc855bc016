/** Width of a bucket: expired things are found this late at most, milliseconds. */
export const BUCKET_MS = 1_000;

/**
 * What expires when, without looking at what does not: things lie in buckets by the second of their expiry. A thing
 * whose expiry moves on stays where it is until its bucket is due, so that a refresh costs nothing.
 *
 * @typeParam Thing with an expiry (clock time, milliseconds) that may move on, never back
 */
export class ExpiryBuckets<Thing extends { readonly expiresAt: number }> {
  private readonly buckets = new Map<number, Set<Thing>>();
  private readonly places = new Map<Thing, number>();
  /** Buckets before this one are empty. */
  private next: number;

  constructor(now: number) {
    this.next = Math.floor(now / BUCKET_MS);
  }

  add(thing: Thing): void {
    // The end of the second it expires in: then all of the bucket is due.
    const place = Math.max(Math.ceil(thing.expiresAt / BUCKET_MS), this.next);
    const bucket = this.buckets.get(place);
    if (bucket === undefined) this.buckets.set(place, new Set([thing]));
    else bucket.add(thing);
    this.places.set(thing, place);
  }

  delete(thing: Thing): void {
    const place = this.places.get(thing);
    if (place === undefined) return;
    this.places.delete(thing);
    const bucket = this.buckets.get(place);
    bucket?.delete(thing);
    if (bucket?.size === 0) this.buckets.delete(place);
  }

  /** Takes out what has expired by now. */
  takeDue(now: number): Thing[] {
    const expired: Thing[] = [];
    for (; this.next * BUCKET_MS <= now; this.next += 1) {
      const bucket = this.buckets.get(this.next);
      if (bucket === undefined) continue;
      this.buckets.delete(this.next);
      for (const thing of bucket) {
        this.places.delete(thing);
        if (thing.expiresAt <= now) expired.push(thing);
        else this.add(thing);
      }
    }
    return expired;
  }
}
