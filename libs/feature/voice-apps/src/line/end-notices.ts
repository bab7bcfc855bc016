/** Ends that arrived before anybody waited for them; older ones are forgotten. */
const MOST_EARLY = 8;

/**
 * Meets "it has begun, and this is its id" with "that id has ended". The end may come first: it is an event, and the id
 * is the answer to a command.
 */
export class EndNotices<End> {
  private readonly early = new Map<string, End>();
  private readonly waiting = new Map<string, (end: End) => void>();

  arrived(id: string, end: End): void {
    const settle = this.waiting.get(id);
    if (settle !== undefined) {
      this.waiting.delete(id);
      settle(end);
      return;
    }
    this.early.set(id, end);
    const [oldest] = this.early.keys();
    if (this.early.size > MOST_EARLY && oldest !== undefined) this.early.delete(oldest);
  }

  /** Resolves with the end of `id`; call `forget` when nobody waits any more. */
  wait(id: string): Promise<End> {
    const end = this.early.get(id);
    this.early.delete(id);
    if (end !== undefined) return Promise.resolve(end);
    return new Promise((settle) => this.waiting.set(id, settle));
  }

  forget(id: string): void {
    this.waiting.delete(id);
    this.early.delete(id);
  }
}
