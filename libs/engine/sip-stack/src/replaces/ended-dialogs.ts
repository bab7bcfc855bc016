import type { DialogId } from '../api/invite-session.js';
import type { Clock } from '../clock.js';

/** How long a dialog that ended is told from one that never was: what is on its way comes within 64*T1. */
const REMEMBERED_MILLISECONDS = 32_000;
/** Most dialogs remembered; beyond it the oldest are forgotten first. */
const CAPACITY = 10_000;

/** INVITE dialogs that ended a moment ago: replacing one of them is declined (RFC 3891 §3, RFC 3911 §4). */
export class EndedDialogs {
  /** In the order they ended. */
  private readonly endedAt = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.endedAt.size;
  }

  add(id: DialogId): void {
    const key = keyOf(id);
    this.endedAt.delete(key);
    this.endedAt.set(key, this.clock.now());
    const oldest = this.clock.now() - REMEMBERED_MILLISECONDS;
    for (const [other, endedAt] of this.endedAt) {
      if (endedAt >= oldest && this.endedAt.size <= CAPACITY) return;
      this.endedAt.delete(other);
    }
  }

  has(id: DialogId): boolean {
    const endedAt = this.endedAt.get(keyOf(id));
    return endedAt !== undefined && endedAt >= this.clock.now() - REMEMBERED_MILLISECONDS;
  }
}

function keyOf({ callId, localTag, remoteTag }: DialogId): string {
  return `${callId}|${localTag}|${remoteTag}`;
}
