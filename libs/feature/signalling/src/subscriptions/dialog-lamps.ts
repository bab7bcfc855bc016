import type { UserId } from '@carillon/domain';
import { sipUri } from '@carillon/sip-message';
import type { IncomingSubscribe, NotifierSubscription } from '@carillon/sip-stack';
import type { Caller } from '../inbound/caller.js';
import { LIMITS } from '../limits.js';
import type { DirectoryUser } from '../routing/directory.js';
import { buildDialogInfo, DIALOG_INFO_TYPE, type WatchedDialog } from './dialog-info.js';
import type { LiveCallBook } from './live-call-book.js';
import { userPart } from './watched-user.js';
import { isAskedFor, readOnlyDialog, watchedDialogs, type FactsOf, type OnlyDialog } from './watched-dialogs.js';
import { copiedWatcher, VERSION_LEAP, type CopiedWatcher } from './watcher-copy.js';
import { Watchers, type Watcher } from './watchers.js';

interface DialogWatcher extends Watcher {
  /** The address that was subscribed to. */
  readonly entity: string;
  readonly domain: string;
  readonly only?: OnlyDialog | undefined;
  /** Of the next document. */
  version: number;
  /** Dialogs that the phone knows of: they are shown once more as terminated, for phones that wait for it. */
  shown: readonly WatchedDialog[];
  /** All of the last document: not heard, it is still to be told what has ended. */
  told: readonly WatchedDialog[];
}

export type DialogWatcherCopy = Omit<DialogWatcher, 'subscription' | 'shown' | 'told'>;

/**
 * Lamps of other extensions (RFC 4235). A lamp is a view of the live calls and nothing else: each NOTIFY has the whole state at
 * the moment it goes, so that none can stick.
 */
export class DialogLamps {
  readonly watchers = new Watchers<DialogWatcher>({ all: LIMITS.subscriptions, perDevice: LIMITS.watchesPerDevice });
  /** Told of each that begins, here or anew. */
  onBegun: ((watcher: CopiedWatcher) => void) | undefined;

  constructor(
    private readonly book: LiveCallBook,
    private readonly factsOf: FactsOf,
  ) {}

  accept(incoming: IncomingSubscribe, { directory, device, user }: Caller, watched: DirectoryUser): void {
    const { organisationId, sipDomain } = directory;
    const name = userPart(incoming.request.uriText) ?? watched.extension ?? device.sipUsername;
    const watcher: DialogWatcher = {
      subscription: incoming.accept(),
      organisationId,
      userId: user.userId,
      deviceId: device.deviceId,
      sipUsername: device.sipUsername,
      watchedId: watched.userId,
      entity: sipUri({ user: name, host: sipDomain }),
      domain: sipDomain,
      only: incoming.event && readOnlyDialog(incoming.event),
      version: 0,
      shown: [],
      told: [],
    };
    this.begin(watcher);
  }

  *copied(): Iterable<CopiedWatcher> {
    for (const watcher of this.watchers.all()) yield copied(watcher);
  }

  /** Goes on with a subscription of another process. */
  resume(subscription: NotifierSubscription, watcher: DialogWatcherCopy): void {
    this.begin({ ...watcher, subscription, version: watcher.version + VERSION_LEAP, shown: [], told: [] });
  }

  private begin(watcher: DialogWatcher): void {
    this.watchers.add(watcher);
    this.onBegun?.(copied(watcher));
    watcher.subscription
      .on('refreshed', () => this.show(watcher))
      .on('unheard', () => (watcher.shown = watcher.told))
      .on('ended', () => {
        this.watchers.remove(watcher);
        return { contentType: DIALOG_INFO_TYPE, body: this.document(watcher) };
      });
    this.show(watcher);
  }

  /** A call of the user is different now. */
  changed(userId: UserId): void {
    for (const watcher of this.watchers.of(userId)) this.show(watcher);
  }

  private show(watcher: DialogWatcher): void {
    if (watcher.subscription.state === 'terminated') return;
    // The document is made when it goes: it counts versions, and must not be older than its number.
    void watcher.subscription.notify({ contentType: DIALOG_INFO_TYPE, body: () => this.document(watcher) });
  }

  private document(watcher: DialogWatcher): string {
    const { watchedId, domain, entity, shown, only } = watcher;
    const all = watchedDialogs(watchedId, this.book.callsOf(watchedId), { domain, factsOf: this.factsOf });
    const dialogs = all.filter((dialog) => isAskedFor(dialog, only));
    const living = new Set(dialogs.map(({ id }) => id));
    const gone = shown.filter(({ id }) => !living.has(id)).map((one) => ({ ...one, state: 'terminated' as const }));
    watcher.shown = dialogs;
    const version = watcher.version;
    watcher.version += 1;
    watcher.told = [...dialogs, ...gone];
    return buildDialogInfo(entity, version, watcher.told);
  }
}

function copied(watcher: DialogWatcher): CopiedWatcher {
  const { organisationId, userId, deviceId, sipUsername, watchedId, entity, domain, only, version } = watcher;
  const whose = { organisationId, userId, deviceId, sipUsername, watchedId };
  const copy: DialogWatcherCopy = { ...whose, entity, domain, only, version };
  return copiedWatcher(watcher.subscription, copy);
}
