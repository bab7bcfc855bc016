import type { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { NotifierSubscription, TerminationReason } from '@carillon/sip-stack';
import type { Directory } from '../routing/directory.js';

/** One subscription of a phone to another user's state. */
export interface Watcher {
  readonly subscription: NotifierSubscription;
  readonly organisationId: OrganisationId;
  /** Who watches, and with which device. */
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly sipUsername: string;
  readonly watchedId: UserId;
}

export interface WatcherLimits {
  readonly all: number;
  /** Of one device: a key module has some dozen keys. */
  readonly perDevice: number;
}

/** Who watches whom, bounded; every subscription is forgotten when it ends, however it ends. */
export class Watchers<One extends Watcher> {
  private readonly byWatched = new Map<UserId, Set<One>>();
  private readonly perDevice = new Map<string, number>();
  private count = 0;

  constructor(private readonly limits: WatcherLimits) {}

  get size(): number {
    return this.count;
  }

  /** Whether a device may watch nothing more. What it left behind with a connection that is gone makes room. */
  isFull(device: Pick<Watcher, 'organisationId' | 'sipUsername'>): boolean {
    if (!this.isAtLimit(device)) return false;
    this.endWhere('deactivated', (one) => keyOf(one) === keyOf(device) && !one.subscription.reachable);
    return this.isAtLimit(device);
  }

  add(watcher: One): void {
    const watchers = this.byWatched.get(watcher.watchedId) ?? new Set();
    this.byWatched.set(watcher.watchedId, watchers.add(watcher));
    this.perDevice.set(keyOf(watcher), (this.perDevice.get(keyOf(watcher)) ?? 0) + 1);
    this.count += 1;
  }

  remove(watcher: One): void {
    const watchers = this.byWatched.get(watcher.watchedId);
    if (watchers?.delete(watcher) !== true) return;
    this.count -= 1;
    if (watchers.size === 0) this.byWatched.delete(watcher.watchedId);
    const left = (this.perDevice.get(keyOf(watcher)) ?? 1) - 1;
    if (left === 0) this.perDevice.delete(keyOf(watcher));
    else this.perDevice.set(keyOf(watcher), left);
  }

  *all(): Iterable<One> {
    for (const watchers of this.byWatched.values()) yield* watchers;
  }

  of(watchedId: UserId): Iterable<One> {
    return this.byWatched.get(watchedId) ?? [];
  }

  /** The watcher may not use the system any more, or that one device of theirs; the watched user is gone too then. */
  endOf(userId: UserId, sipUsername?: string): void {
    this.endWhere('rejected', (one) => one.userId === userId && (sipUsername ?? one.sipUsername) === one.sipUsername);
    if (sipUsername === undefined) this.endWhere('noresource', ({ watchedId }) => watchedId === userId);
  }

  /** Users who were taken away are watched no more. */
  keepTo({ organisationId, users }: Pick<Directory, 'organisationId' | 'users'>): void {
    this.endWhere(
      'noresource',
      (one) => one.organisationId === organisationId && users.get(one.watchedId)?.disabled !== false,
    );
  }

  private isAtLimit(device: Pick<Watcher, 'organisationId' | 'sipUsername'>): boolean {
    return this.count >= this.limits.all || (this.perDevice.get(keyOf(device)) ?? 0) >= this.limits.perDevice;
  }

  private endWhere(reason: TerminationReason, matches: (one: One) => boolean): void {
    for (const one of [...this.byWatched.values()].flatMap((watchers) => [...watchers])) {
      if (!matches(one)) continue;
      this.remove(one);
      void one.subscription.terminate(reason);
    }
  }
}

function keyOf({ organisationId, sipUsername }: Pick<Watcher, 'organisationId' | 'sipUsername'>): string {
  return `${organisationId} ${sipUsername}`;
}
