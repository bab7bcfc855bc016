/**
 * A map that never holds more than so many keys: those that were neither set nor read for longest go first, half of them
 * at a time. Two generations, because a `Map` from whose front each new key pushes out an old one gets slow.
 *
 * ```text
 * set ──► young ──(full)──► becomes old; what was old goes
 *          ▲  read: back to the young
 * ```
 */
export class RecentKeys<Value, Key extends string | number = string> {
  private young = new Map<Key, Value>();
  private old = new Map<Key, Value>();

  /** @param capacity keys at most; half of it is kept at least */
  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: Key): Value | undefined {
    // To look for a text that was just put together is to hash it: not for an empty map.
    const value = this.young.size === 0 ? undefined : this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.size === 0 ? undefined : this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  /** In no order; reads none of them. */
  *entries(): IterableIterator<[Key, Value]> {
    yield* this.young;
    for (const entry of this.old) if (!this.young.has(entry[0])) yield entry;
  }

  delete(key: Key): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  set(key: Key, value: Value): void {
    this.young.set(key, value);
    if (this.young.size * 2 <= this.capacity) return;
    this.old = this.young;
    this.young = new Map();
  }
}
