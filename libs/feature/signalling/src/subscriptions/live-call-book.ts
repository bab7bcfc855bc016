import type { LiveCall } from '@carillon/contracts';
import type { CallId, UserId } from '@carillon/domain';
import { involvedUsers } from '../call/live-call.js';

/**
 * Calls that ended and are remembered, in each of two generations: events of one that overtook its end must not bring it
 * back. The older generation is forgotten as a whole: a set from whose front each end pushes out an old one gets slow.
 */
const ENDED_REMEMBERED = 1_000;

interface KnownCall {
  readonly call: LiveCall;
  readonly users: readonly UserId[];
}

/** Calls in progress by user, as their events tell: whichever process has them. */
export class LiveCallBook {
  private readonly calls = new Map<CallId, KnownCall>();
  /** A few each at most, looked through sooner than hashed. */
  private readonly byUser = new Map<UserId, CallId[]>();
  private ended = new Set<CallId>();
  private endedBefore = new Set<CallId>();

  get size(): number {
    return this.calls.size;
  }

  /** @returns the users whose calls are different now */
  hear(call: LiveCall): readonly UserId[] {
    const known = this.calls.get(call.callId);
    // Events may overtake each other; a call that ended stays ended.
    if (this.hasEnded(call.callId) || (known !== undefined && known.call.revision >= call.revision)) return [];
    const users = involvedUsers(call);
    const before = known?.users ?? [];
    if (call.state === 'ended') this.end(call.callId);
    else {
      this.calls.set(call.callId, { call, users });
      for (const userId of users) if (!before.includes(userId)) this.remember(userId, call.callId);
    }
    for (const userId of before)
      if (call.state === 'ended' || !users.includes(userId)) this.forget(userId, call.callId);
    const left = before.filter((userId) => !users.includes(userId));
    return left.length === 0 ? users : [...users, ...left];
  }

  find(callId: CallId): LiveCall | undefined {
    return this.calls.get(callId)?.call;
  }

  all(): LiveCall[] {
    return [...this.calls.values()].map(({ call }) => call);
  }

  callsOf(userId: UserId): LiveCall[] {
    return this.byUser.get(userId)?.flatMap((callId) => this.calls.get(callId)?.call ?? []) ?? [];
  }

  private end(callId: CallId): void {
    this.calls.delete(callId);
    if (this.ended.size === ENDED_REMEMBERED) {
      this.endedBefore = this.ended;
      this.ended = new Set();
    }
    this.ended.add(callId);
  }

  private hasEnded(callId: CallId): boolean {
    return this.ended.has(callId) || this.endedBefore.has(callId);
  }

  private remember(userId: UserId, callId: CallId): void {
    const calls = this.byUser.get(userId);
    if (calls === undefined) this.byUser.set(userId, [callId]);
    else if (!calls.includes(callId)) calls.push(callId);
  }

  private forget(userId: UserId, callId: CallId): void {
    const calls = this.byUser.get(userId);
    const at = calls?.indexOf(callId) ?? -1;
    if (at >= 0) calls?.splice(at, 1);
    if (calls?.length === 0) this.byUser.delete(userId);
  }
}
