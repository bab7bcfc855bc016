/** Calls of each of two generations; those of the older one are forgotten together. */
const GENERATION = 2_500;

/**
 * Tells news of a call from what is older than what was heard already, whichever way it came. Two maps take turns: one
 * from whose front each new key pushes out an old one gets slow.
 */
export class CallRevisions {
  private latest = new Map<string, number>();
  private earlier = new Map<string, number>();

  /** @returns false where a later state of the call is known */
  take({ callId, revision }: { readonly callId: string; readonly revision: number }): boolean {
    const known = this.latest.get(callId) ?? this.earlier.get(callId);
    if (known !== undefined && revision < known) return false;
    if (this.latest.size === GENERATION && !this.latest.has(callId)) {
      this.earlier = this.latest;
      this.latest = new Map();
    }
    this.latest.set(callId, revision);
    return true;
  }
}
