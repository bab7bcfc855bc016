import { isCodedError } from '@carillon/service-runtime';

/** Items in one commit at most, unless a single write brings more. */
const MAX_BATCH = 250;
/** Scopes that commit at the same moment at most: connections are shared with the rest of the service. */
const MAX_COMMITS = 4;

interface Write<Item> {
  readonly items: readonly Item[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

interface Lane<Item> {
  readonly scope: string;
  readonly waiting: Write<Item>[];
}

/**
 * Group commit: what is written to one scope while a commit of that scope is under way goes into the next one, all of
 * it together. A write alone does not wait for company, so the cost is that of a single commit however many come.
 *
 * ```text
 * write(a) ──► commit [a] ───────► done(a)
 *     write(b), write(c) … wait ──► commit [b, c] ──► done(b), done(c)
 * ```
 */
export class GroupCommit<Item> {
  private readonly lanes = new Map<string, Lane<Item>>();
  private readonly ready: Lane<Item>[] = [];
  private running = 0;

  /** @param commit all or nothing, in the order given; two commits of one scope never overlap */
  constructor(private readonly commit: (scope: string, items: readonly Item[]) => Promise<void>) {}

  /** Resolves when the items are committed; rejects where they are not, and whatever others wrote is not touched by that. */
  write(scope: string, items: readonly Item[]): Promise<void> {
    return new Promise((done, failed) => {
      const write = { items, done, failed };
      const lane = this.lanes.get(scope);
      if (lane !== undefined) {
        lane.waiting.push(write);
        return;
      }
      this.schedule({ scope, waiting: [write] });
    });
  }

  private schedule(lane: Lane<Item>): void {
    this.lanes.set(lane.scope, lane);
    this.ready.push(lane);
    // What arrived in the same burst of datagrams is handled within this turn of the event loop, and goes along.
    setImmediate(() => this.startReady());
  }

  private startReady(): void {
    while (this.running < MAX_COMMITS) {
      const lane = this.ready.shift();
      if (lane === undefined) return;
      this.running += 1;
      void this.commitNext(lane);
    }
  }

  private async commitNext(lane: Lane<Item>): Promise<void> {
    await this.commitBatch(lane.scope, takeBatch(lane.waiting));
    this.running -= 1;
    this.lanes.delete(lane.scope);
    if (lane.waiting.length > 0) this.schedule(lane);
    else this.startReady();
  }

  /** Never rejects. */
  private async commitBatch(scope: string, batch: readonly Write<Item>[]): Promise<void> {
    try {
      await this.commit(
        scope,
        batch.flatMap(({ items }) => items),
      );
      for (const { done } of batch) done();
    } catch (error) {
      if (batch.length === 1 || isForAll(error)) for (const { failed } of batch) failed(error);
      // One of them spoils it for all: each by itself, so that only that one fails.
      else for (const write of batch) await this.commitBatch(scope, [write]);
    }
  }
}

/** A database that is away is so for each single write as well: trying them all would only take longer. */
function isForAll(error: unknown): boolean {
  return isCodedError(error) && error.code === 'DATABASE.UNAVAILABLE';
}

function takeBatch<Item>(waiting: Write<Item>[]): Write<Item>[] {
  let size = 0;
  let count = 0;
  for (const { items } of waiting) {
    size += items.length;
    if (count > 0 && size > MAX_BATCH) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
