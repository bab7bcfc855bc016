import type { Bus } from '@carillon/event-bus';
import type { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import { registrationOf, type Binding, type RegisteredTimes, type RemovalReason } from './binding.js';
import type { BindingRecords } from './binding-records.js';
import { BindingStore } from './binding-store.js';
import { DeviceListeners } from './device-listeners.js';
import { RefreshWriter } from './refresh-writer.js';
import { isWebSocket } from './reach-binding.js';
import { groupByOrganisation } from './group-by-organisation.js';

/** REGISTERs that wait for the database at once; beyond, phones are told to come back. */
const MAX_WAITING = 5_000;
/** Bindings that end at once are deleted in pieces of this size. */
const REMOVED_AT_ONCE = 250;
/** How often expired bindings are looked for. */
const SWEEP_MS = 1_000;
/** Another process tells of its refreshes a little later than they happen. */
const TOLD_LATE_MS = 3_000;

/** How a binding came to be what it is now. `refreshed`: only its times moved on. */
export type BindingEvent = 'added' | 'refreshed' | RemovalReason;
/** @param here whether it happened in this process; else another one has told of it */
export type BindingListener = (binding: Binding, event: BindingEvent, here: boolean) => void;

export interface RegistrarParts {
  readonly records: BindingRecords;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Registrations kept at most, over all organisations. */
  readonly maximum: number;
  /** Whether a binding of this Call-ID belongs to this process, where there are several; left out, all do. */
  readonly owns?: (callId: string) => boolean;
}

/** Tells a binding from all others. */
interface BindingName {
  readonly deviceId: DeviceId;
  readonly key: string;
}

/** A change of one device's bindings, all or nothing. */
export interface BindingChange {
  readonly keep: readonly { readonly binding: Binding; readonly replaces: Binding | undefined }[];
  readonly remove: readonly Binding[];
}

/** Who is registered, in memory and in the database, with events for every change. */
export class Registrar {
  private readonly store: BindingStore;
  private readonly refreshes: RefreshWriter;
  private readonly watched = new Map<Binding, () => void>();
  private readonly queues = new Map<DeviceId, Promise<void>>();
  private readonly listeners = new Set<BindingListener>();
  private readonly ofDevices = new DeviceListeners();
  private waiting = 0;
  private stopSweep: (() => void) | undefined;

  constructor(private readonly parts: RegistrarParts) {
    const { records, clock, logger } = parts;
    this.store = new BindingStore(clock.now());
    this.refreshes = new RefreshWriter(
      (organisationId, bindings) => records.writeTimes(organisationId, bindings),
      clock,
      logger,
    );
  }

  /** Takes over what was registered before the process started. */
  async restore(): Promise<void> {
    const bindings = (await this.parts.records.readLive(this.parts.clock.now())).filter(
      // What another process has told of is newer than what is stored.
      ({ device, key }) => this.find({ deviceId: device.deviceId, key }) === undefined,
    );
    for (const binding of bindings) this.store.insert(binding);
    // A connection that a browser or an Outbound phone opened is gone, and cannot be opened from our side.
    await this.remove(bindings.filter(livesByItsConnection), 'flow-broken');
    this.sweepLater();
  }

  get size(): number {
    return this.store.size;
  }

  /** Why a REGISTER of this device cannot be taken now, if so; its own contacts can always be renewed or ended. */
  limitFor(deviceId: DeviceId): 'busy' | 'full' | undefined {
    if (this.waiting >= MAX_WAITING) return 'busy';
    return this.store.size >= this.parts.maximum && this.store.ofDevice(deviceId).length === 0 ? 'full' : undefined;
  }

  /** Whether a change of the device waits to be written: what comes next has to wait as well. */
  isChanging(deviceId: DeviceId): boolean {
    return this.queues.size > 0 && this.queues.has(deviceId);
  }

  ofDevice(deviceId: DeviceId): readonly Binding[] {
    return this.living(this.store.ofDevice(deviceId));
  }

  /** Contacts of all the user's devices, the most wanted first (q), then the newest. */
  ofUser(userId: UserId): Binding[] {
    return [...this.living(this.store.ofUser(userId))].sort(byPreference);
  }

  /** What a temporary GRUU leads to (RFC 5627 §5.4), the newest flow first. */
  ofGruu(gruuId: string): Binding[] {
    return [...this.living(this.store.ofGruu(gruuId))].sort(byPreference);
  }

  all(): Iterable<Binding> {
    return this.store.all();
  }

  list(organisationId: OrganisationId, userId?: UserId): Binding[] {
    const bindings = userId === undefined ? this.store.ofOrganisation(organisationId) : this.store.ofUser(userId);
    return [...bindings].filter(({ device }) => device.organisationId === organisationId);
  }

  /** Hears of every change, after it is true. Must be quick and must not throw. @returns stops */
  onChange(listener: BindingListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The same for one device alone. @returns stops */
  onChangeOf(deviceId: DeviceId, listener: BindingListener): () => void {
    return this.ofDevices.add(deviceId, listener);
  }

  /**
   * Writes a device's change down, then makes it true.
   * @throws {CodedError} `DATABASE.UNAVAILABLE`: nothing has changed then
   */
  async change(organisationId: OrganisationId, { keep, remove }: BindingChange): Promise<void> {
    const rewritten = keep.flatMap(({ binding, replaces }) =>
      replaces === undefined || replaces.key === binding.key ? [] : [replaces],
    );
    const kept = keep.map(({ binding }) => binding);
    await this.parts.records.write(organisationId, { keep: kept, remove: [...remove, ...rewritten] });
    for (const binding of remove) this.drop(binding, 'unregistered');
    for (const { binding, replaces } of keep) {
      if (replaces !== undefined && this.take(replaces) && replaces.key !== binding.key)
        this.tell(replaces, 'unregistered');
      this.store.insert(binding);
      this.refreshes.noteStored(binding);
      this.tell(binding, 'added');
      this.parts.bus.publish('registration.added', { registration: registrationOf(binding) });
    }
  }

  /** The same contact by the same way, only for longer: true at once, written later (docs/decisions/0007). */
  refresh(binding: Binding, times: RegisteredTimes): void {
    this.store.refresh(binding, times);
    this.refreshes.noteRefresh(binding);
    this.tell(binding, 'refreshed');
  }

  /** Another process has a new binding, or a new form of one. */
  adopt(binding: Binding): void {
    const known = this.find({ deviceId: binding.device.deviceId, key: binding.key });
    if (known !== undefined && known.registeredAt > binding.registeredAt) return;
    const device = this.store.ofDevice(binding.device.deviceId)[0]?.device ?? binding.device;
    if (known !== undefined) this.take(known);
    const adopted = { ...binding, device };
    this.store.insert(adopted);
    this.refreshes.noteStored(adopted);
    this.tell(adopted, 'added', false);
  }

  /** Another process has refreshed a binding of its own. */
  adoptTimes(name: BindingName, times: RegisteredTimes): void {
    const known = this.find(name);
    if (known === undefined || known.registeredAt >= times.registeredAt) return;
    this.store.refresh(known, times);
    this.refreshes.noteStored(known);
    this.tell(known, 'refreshed', false);
  }

  /** Another process has ended a binding. @param name with the time of the REGISTER that it was good by */
  adoptRemoval(name: BindingName & { readonly registeredAt: number }, reason: RemovalReason): void {
    const known = this.find(name);
    if (known === undefined || known.registeredAt > name.registeredAt) return;
    this.take(known);
    this.tell(known, reason, false);
  }

  /** Requests of one device are worked on in the order they came: the second sees what the first changed. */
  async oneByOne(deviceId: DeviceId, work: () => Promise<void>): Promise<void> {
    const before = this.queues.get(deviceId) ?? Promise.resolve();
    const turn = before.then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.queues.set(deviceId, settled);
    this.waiting += 1;
    try {
      await turn;
    } finally {
      this.waiting -= 1;
      if (this.queues.get(deviceId) === settled) this.queues.delete(deviceId);
    }
  }

  /** Ends registrations without their phone's doing. */
  async remove(bindings: readonly Binding[], reason: RemovalReason): Promise<void> {
    const removed = bindings.filter((binding) => this.owns(binding) && this.drop(binding, reason));
    // Those of other processes end there as well; nobody is to be reached by them from now on.
    for (const binding of bindings) if (this.take(binding)) this.tell(binding, reason, false);
    for (const [organisationId, group] of groupByOrganisation(removed)) {
      try {
        for (let start = 0; start < group.length; start += REMOVED_AT_ONCE)
          await this.parts.records.write(organisationId, {
            keep: [],
            remove: group.slice(start, start + REMOVED_AT_ONCE),
          });
      } catch (error) {
        // What has expired is dropped at the next start anyway; the rest was refused by its credentials already.
        this.parts.logger.error({ error, organisationId }, 'Cannot delete registrations from the database');
      }
    }
  }

  /** The way to the phone is watched as long as the binding lives. @param watch calls back when nobody can be reached there any more */
  watchFlow(binding: Binding, watch: (onDead: () => void) => () => void): void {
    if (!this.store.has(binding)) return;
    this.watched.get(binding)?.();
    this.watched.set(
      binding,
      watch(() => void this.remove([binding], 'flow-broken')),
    );
  }

  /** Stops watching, and writes what is not written yet. */
  async close(): Promise<void> {
    this.stopSweep?.();
    for (const forget of this.watched.values()) forget();
    this.watched.clear();
    this.listeners.clear();
    await this.refreshes.close([...this.store.all()].filter((binding) => this.owns(binding)));
  }

  private owns({ callId }: Binding): boolean {
    return this.parts.owns?.(callId) ?? true;
  }

  private find({ deviceId, key }: BindingName): Binding | undefined {
    return this.store.ofDevice(deviceId).find((binding) => binding.key === key);
  }

  private living<Bindings extends readonly Binding[]>(bindings: Bindings): Bindings | Binding[] {
    const now = this.parts.clock.now();
    return bindings.every(({ expiresAt }) => expiresAt > now)
      ? bindings
      : bindings.filter(({ expiresAt }) => expiresAt > now);
  }

  private take(binding: Binding): boolean {
    if (!this.store.take(binding)) return false;
    this.refreshes.forget(binding);
    this.watched.get(binding)?.();
    this.watched.delete(binding);
    return true;
  }

  private drop(binding: Binding, reason: RemovalReason): boolean {
    if (!this.take(binding)) return false;
    this.tell(binding, reason);
    this.parts.bus.publish('registration.removed', { registration: registrationOf(binding), reason });
    return true;
  }

  private tell(binding: Binding, event: BindingEvent, here = true): void {
    for (const listener of this.listeners) listener(binding, event, here);
    this.ofDevices.tell(binding, event, here);
  }

  /** What another process has may have been renewed there a moment ago. */
  private expire(bindings: readonly Binding[]): void {
    const own = bindings.filter((binding) => this.owns(binding));
    if (own.length > 0) void this.remove(own, 'expired');
    if (own.length === bindings.length) return;
    const others = bindings.filter((binding) => !this.owns(binding));
    this.parts.clock.after(TOLD_LATE_MS, () => {
      for (const binding of others)
        if (!this.store.has(binding)) continue;
        else if (binding.expiresAt > this.parts.clock.now()) this.store.expireLater(binding);
        else if (this.take(binding)) this.tell(binding, 'expired', false);
    });
  }

  private sweepLater(): void {
    this.stopSweep = this.parts.clock.after(SWEEP_MS, () => {
      const expired = this.store.expired(this.parts.clock.now());
      if (expired.length > 0) this.expire(expired);
      this.sweepLater();
    });
  }
}

function byPreference(a: Binding, b: Binding): number {
  return b.q - a.q || b.registeredAt - a.registeredAt;
}

function livesByItsConnection({ protocol, regId, path }: Binding): boolean {
  if (path.length > 0 || protocol === 'udp') return false;
  return isWebSocket(protocol) || regId !== null;
}
