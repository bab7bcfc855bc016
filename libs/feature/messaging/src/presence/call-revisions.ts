/** Calls remembered; the oldest are forgotten. */
const REMEMBERED = 5_000;

/** Tells news of a call from what is older than what was heard already, whichever way it came. */
export class CallRevisions {
  private readonly latest = new Map<string, number>();

  /** @returns false where a later state of the call is known */
  take({ callId, revision }: { readonly callId: string; readonly revision: number }): boolean {
    const known = this.latest.get(callId);
    if (known !== undefined && revision < known) return false;
    // Set anew, so that the map's order is the order of the last news.
    this.latest.delete(callId);
    this.latest.set(callId, revision);
    const [oldest] = this.latest.keys();
    if (this.latest.size > REMEMBERED && oldest !== undefined) this.latest.delete(oldest);
    return true;
  }
}
