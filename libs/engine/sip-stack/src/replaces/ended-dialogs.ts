import type { DialogId } from '../api/invite-session.js';
import type { Clock } from '../clock.js';

/** How long a dialog that ended is told from one that never was: what is on its way comes within 64*T1. */
const REMEMBERED_MILLISECONDS = 32_000;
/** Most dialogs remembered of one generation; beyond it the generation before is forgotten. */
const CAPACITY = 5_000;

/**
 * INVITE dialogs that ended a moment ago: replacing one of them is declined (RFC 3891 §3, RFC 3911 §4). In two
 * generations, each given up as a whole: a map from whose front each new key pushes out an old one gets slow.
 */
export class EndedDialogs {
  private recent = new Map<string, number>();
  private older = new Map<string, number>();
  private since = 0;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.recent.size + this.older.size;
  }

  add(id: DialogId): void {
    const now = this.clock.now();
    if (now - this.since >= REMEMBERED_MILLISECONDS || this.recent.size >= CAPACITY) {
      this.older = now - this.since >= 2 * REMEMBERED_MILLISECONDS ? new Map<string, number>() : this.recent;
      this.recent = new Map();
      this.since = now;
    }
    this.recent.set(keyOf(id), now);
  }

  has(id: DialogId): boolean {
    const key = keyOf(id);
    const endedAt = this.recent.get(key) ?? this.older.get(key);
    return endedAt !== undefined && endedAt >= this.clock.now() - REMEMBERED_MILLISECONDS;
  }
}

function keyOf({ callId, localTag, remoteTag }: DialogId): string {
  return `${callId}|${localTag}|${remoteTag}`;
}
