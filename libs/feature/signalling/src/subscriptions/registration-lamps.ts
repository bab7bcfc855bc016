import type { DeviceId, UserId } from '@carillon/domain';
import { sipUri } from '@carillon/sip-message';
import type { IncomingSubscribe, NotifierSubscription } from '@carillon/sip-stack';
import type { Clock } from '@carillon/service-runtime';
import type { Caller } from '../inbound/caller.js';
import { LIMITS } from '../limits.js';
import type { Binding } from '../registrar/binding.js';
import { publicGruu } from '../registrar/gruu.js';
import { buildReginfo, REGINFO_TYPE, type ReginfoContact, type ReginfoRegistration } from '../registrar/reginfo.js';
import type { BindingEvent, Registrar } from '../registrar/registrar.js';
import type { DirectoryUser } from '../routing/directory.js';
import { userPart } from './watched-user.js';
import { copiedWatcher, VERSION_LEAP, type CopiedWatcher } from './watcher-copy.js';
import { Watchers, type Watcher } from './watchers.js';

/** An address of record: a SIP account. */
interface WatchedAddress {
  readonly deviceId: DeviceId;
  readonly sipUsername: string;
}

interface RegistrationWatcher extends Watcher {
  readonly domain: string;
  readonly addresses: readonly WatchedAddress[];
  /** What has changed since the last document, by device; undefined: everything is to be told. */
  changes: Map<DeviceId, Map<string, ReginfoContact>> | undefined;
  version: number;
}

export type RegistrationWatcherCopy = Omit<RegistrationWatcher, 'subscription' | 'changes'>;

/**
 * Who is registered from where, for the user whose phones they are and for administrators (RFC 3680). The first document
 * of a subscription, and one for each refresh, is full; others tell what has changed.
 */
export class RegistrationLamps {
  readonly watchers = new Watchers<RegistrationWatcher>({
    all: LIMITS.subscriptions,
    perDevice: LIMITS.watchesPerDevice,
  });

  /** Told of each that begins, here or anew. */
  onBegun: ((watcher: CopiedWatcher) => void) | undefined;

  constructor(
    private readonly registrar: Pick<Registrar, 'ofDevice'>,
    private readonly clock: Clock,
  ) {}

  /** @param watched a user of the watcher's own organisation */
  accept(incoming: IncomingSubscribe, { directory, device, user }: Caller, watched: DirectoryUser): void {
    if (watched.userId !== user.userId && user.isAdmin !== true) {
      incoming.reply(403, { reason: 'Registrations of others' });
      return;
    }
    const named = directory.devices.get(userPart(incoming.request.uriText) ?? '');
    const devices = named === undefined ? [...directory.devices.values()] : [named];
    const watcher: RegistrationWatcher = {
      subscription: incoming.accept(),
      organisationId: directory.organisationId,
      userId: user.userId,
      deviceId: device.deviceId,
      sipUsername: device.sipUsername,
      watchedId: watched.userId,
      domain: directory.sipDomain,
      addresses: devices
        .filter(({ userId }) => userId === watched.userId)
        .map(({ deviceId, sipUsername }) => ({ deviceId, sipUsername })),
      changes: undefined,
      version: 0,
    };
    this.begin(watcher);
  }

  *copied(): Iterable<CopiedWatcher> {
    for (const watcher of this.watchers.all()) yield copied(watcher);
  }

  /** Goes on with a subscription of another process: the next document is full. */
  resume(subscription: NotifierSubscription, copy: RegistrationWatcherCopy): void {
    this.begin({ ...copy, subscription, changes: undefined, version: copy.version + VERSION_LEAP });
  }

  private begin(watcher: RegistrationWatcher): void {
    this.watchers.add(watcher);
    this.onBegun?.(copied(watcher));
    watcher.subscription
      .on('refreshed', () => {
        watcher.changes = undefined;
        this.show(watcher);
      })
      // What it has missed is told by a full document.
      .on('unheard', () => (watcher.changes = undefined))
      .on('ended', () => {
        this.watchers.remove(watcher);
        watcher.changes = undefined;
        return { contentType: REGINFO_TYPE, body: this.document(watcher) };
      });
    this.show(watcher);
  }

  /** A binding of the user has changed. */
  changed(userId: UserId, binding: Binding, event: BindingEvent): void {
    for (const watcher of this.watchers.of(userId)) {
      const { deviceId } = binding.device;
      if (!watcher.addresses.some((address) => address.deviceId === deviceId)) continue;
      const contacts = watcher.changes?.get(deviceId) ?? new Map<string, ReginfoContact>();
      contacts.set(binding.key, contactOf(watcher, binding, event));
      watcher.changes?.set(deviceId, contacts);
      this.show(watcher);
    }
  }

  private show(watcher: RegistrationWatcher): void {
    if (watcher.subscription.state === 'terminated') return;
    void watcher.subscription.notify({ contentType: REGINFO_TYPE, body: () => this.document(watcher) });
  }

  /** Asked when the NOTIFY really goes: all that has changed until then is in it, and the version counts what was sent. */
  private document(watcher: RegistrationWatcher): string {
    const { changes, addresses } = watcher;
    const registrations = addresses.flatMap((address) => {
      const changed = changes?.get(address.deviceId);
      if (changes !== undefined && changed === undefined) return [];
      return [this.registrationOf(watcher, address, changed)];
    });
    const state = changes === undefined ? 'full' : 'partial';
    const body = buildReginfo({ version: watcher.version, state, registrations }, this.clock.now());
    watcher.version += 1;
    watcher.changes = new Map();
    return body;
  }

  private registrationOf(
    watcher: RegistrationWatcher,
    { deviceId, sipUsername }: WatchedAddress,
    changed: ReadonlyMap<string, ReginfoContact> | undefined,
  ): ReginfoRegistration {
    const bindings = this.registrar.ofDevice(deviceId);
    return {
      aor: sipUri({ user: sipUsername, host: watcher.domain }),
      id: deviceId,
      state: bindings.length > 0 ? 'active' : changed === undefined ? 'init' : 'terminated',
      contacts:
        changed === undefined ? bindings.map((binding) => contactOf(watcher, binding, 'added')) : [...changed.values()],
    };
  }
}

function contactOf({ domain }: RegistrationWatcher, binding: Binding, event: BindingEvent): ReginfoContact {
  const { instance, contactUri, device } = binding;
  const scheme = /^sips:/i.test(contactUri) ? 'sips' : 'sip';
  const address = { scheme, user: device.sipUsername, host: domain } as const;
  return { binding, event, publicGruu: instance === null ? undefined : publicGruu(address, instance) };
}

function copied(watcher: RegistrationWatcher): CopiedWatcher {
  const { organisationId, userId, deviceId, sipUsername, watchedId, domain, addresses, version } = watcher;
  const copy: RegistrationWatcherCopy = {
    ...{ organisationId, userId, deviceId, sipUsername, watchedId, domain, addresses, version },
  };
  return copiedWatcher(watcher.subscription, copy);
}
