/** Who is interested in a subject, counted: only the first and the last of them matter to others. */
export class Interests {
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly first: (subject: string) => void,
    private readonly last: (subject: string) => void,
  ) {}

  has(subject: string): boolean {
    return this.counts.has(subject);
  }

  all(): Iterable<string> {
    return this.counts.keys();
  }

  /** @returns ends it, once */
  add(subject: string): () => void {
    const before = this.counts.get(subject) ?? 0;
    this.counts.set(subject, before + 1);
    if (before === 0) this.first(subject);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.counts.get(subject) ?? 1) - 1;
      if (left > 0) {
        this.counts.set(subject, left);
        return;
      }
      this.counts.delete(subject);
      this.last(subject);
    };
  }
}

/** Ends two things together. */
export function both(one: () => void, other: () => void): () => void {
  return () => {
    one();
    other();
  };
}
