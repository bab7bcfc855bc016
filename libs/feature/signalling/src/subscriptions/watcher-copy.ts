import type { DeviceId } from '@carillon/domain';
import type { NotifierSubscription, SubscriptionCopy } from '@carillon/sip-stack';

/** A subscription of a phone as plain data: all that another process needs to go on with it. */
export interface WatcherCopy<Watcher extends object = object> {
  /** Name of the event package. */
  readonly event: string;
  readonly subscription: SubscriptionCopy;
  readonly watcher: Watcher;
}

/** Documents may have been sent since it was copied: their numbers must not come again (RFC 4235 §4.3, RFC 3680 §5.2). */
export const VERSION_LEAP = 10_000;

/** A subscription that can be copied. */
export interface CopiedWatcher {
  readonly key: string;
  readonly mark: number;
  readonly subscription: NotifierSubscription;
  /** That watches. */
  readonly deviceId: DeviceId;
  copy(): WatcherCopy | undefined;
}

export function copiedWatcher(
  subscription: NotifierSubscription,
  watcher: { readonly deviceId: DeviceId },
): CopiedWatcher {
  const { id, event, expiresAt } = subscription;
  return {
    subscription,
    deviceId: watcher.deviceId,
    key: `${id.callId} ${id.localTag} ${event.package} ${event.id ?? ''}`,
    // What changes with each document is made up for by leaps.
    mark: expiresAt,
    copy: () => {
      const copy = subscription.copy();
      return copy === undefined ? undefined : { event: event.package, subscription: copy, watcher };
    },
  };
}
