import type { Bus } from '@carillon/event-bus';
import type { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import { registrationOf, type Binding, type RemovalReason } from './binding.js';
import type { BindingRecords } from './binding-records.js';
import { isSameContact } from './plan-registration.js';

/** Registrations kept at most, over all organisations. */
export const MAX_BINDINGS = 50_000;
/** REGISTERs at work or waiting at once; beyond, phones are told to come back. */
const MAX_WAITING = 5_000;
/** Bindings that end at once are deleted in pieces of this size. */
const REMOVED_AT_ONCE = 250;
/** How often expired bindings are looked for. */
const SWEEP_MS = 2_000;

/** Who is registered, in memory and in the database, with events for every change. */
export class Registrar {
  private readonly byDevice = new Map<DeviceId, Binding[]>();
  private readonly devicesOfUser = new Map<UserId, Set<DeviceId>>();
  private readonly watched = new Map<Binding, () => void>();
  private readonly queues = new Map<DeviceId, Promise<void>>();
  private count = 0;
  private waiting = 0;
  private stopSweep: (() => void) | undefined;

  constructor(
    private readonly records: BindingRecords,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Takes over what was registered before the process started. */
  async restore(): Promise<void> {
    const bindings = await this.records.readLive(this.clock.now());
    for (const binding of bindings) this.insert(binding);
    // A WebSocket cannot be opened from our side, and theirs is gone.
    await this.remove(
      bindings.filter(({ protocol }) => protocol === 'ws'),
      'flow-broken',
    );
    this.sweepLater();
  }

  get size(): number {
    return this.count;
  }

  /** Why a REGISTER of this device cannot be taken now, if so; its own contacts can always be renewed or ended. */
  limitFor(deviceId: DeviceId): 'busy' | 'full' | undefined {
    if (this.waiting >= MAX_WAITING) return 'busy';
    return this.count >= MAX_BINDINGS && !this.byDevice.has(deviceId) ? 'full' : undefined;
  }

  ofDevice(deviceId: DeviceId): readonly Binding[] {
    return (this.byDevice.get(deviceId) ?? []).filter((binding) => binding.expiresAt > this.clock.now());
  }

  /** Contacts of all the user's devices, the most wanted first. */
  ofUser(userId: UserId): Binding[] {
    const devices = [...(this.devicesOfUser.get(userId) ?? [])];
    return devices.flatMap((deviceId) => this.ofDevice(deviceId)).sort((a, b) => b.q - a.q);
  }

  list(organisationId: OrganisationId, userId?: UserId): Binding[] {
    return [...this.byDevice.values()]
      .flat()
      .filter(({ device }) => device.organisationId === organisationId && (!userId || device.userId === userId));
  }

  /**
   * Writes a device's change down, then makes it true. Replaced contacts are those that `isSameContact`.
   * @throws {CodedError} `DATABASE.UNAVAILABLE`: nothing has changed then
   */
  async change(
    organisationId: OrganisationId,
    change: { readonly keep: readonly Binding[]; readonly remove: readonly Binding[] },
  ): Promise<void> {
    const replaced = change.keep.flatMap((binding) => this.rival(binding) ?? []);
    const rewritten = replaced.filter((old) => !change.keep.some((binding) => binding.contactUri === old.contactUri));
    await this.records.write(organisationId, { keep: change.keep, remove: [...change.remove, ...rewritten] });
    for (const binding of change.remove) this.drop(binding, 'unregistered');
    for (const binding of change.keep) {
      const old = this.rival(binding);
      if (old !== undefined) this.take(old);
      this.insert(binding);
      this.bus.publish('registration.added', { registration: registrationOf(binding) });
    }
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
    for (const binding of bindings) this.drop(binding, reason);
    for (const [organisationId, removed] of groupByOrganisation(bindings)) {
      try {
        for (let start = 0; start < removed.length; start += REMOVED_AT_ONCE)
          await this.records.write(organisationId, { keep: [], remove: removed.slice(start, start + REMOVED_AT_ONCE) });
      } catch (error) {
        // What has expired is dropped at the next start anyway; the rest was refused by its credentials already.
        this.logger.error({ error, organisationId }, 'Cannot delete registrations from the database');
      }
    }
  }

  /** The connection that a binding came over is gone: nobody can reach it any more. */
  watchFlow(binding: Binding, onClosed: (callback: () => void) => () => void): void {
    const forget = onClosed(() => void this.remove([binding], 'flow-broken'));
    this.watched.set(binding, forget);
  }

  close(): void {
    this.stopSweep?.();
    for (const forget of this.watched.values()) forget();
    this.watched.clear();
  }

  private rival(binding: Binding): Binding | undefined {
    return this.byDevice
      .get(binding.device.deviceId)
      ?.find((other) => isSameContact(other.contactUri, binding.contactUri));
  }

  private insert(binding: Binding): void {
    const { deviceId, userId } = binding.device;
    this.byDevice.set(deviceId, [...(this.byDevice.get(deviceId) ?? []), binding]);
    const devices = this.devicesOfUser.get(userId) ?? new Set();
    this.devicesOfUser.set(userId, devices.add(deviceId));
    this.count += 1;
  }

  /** @returns whether it was still there */
  private take(binding: Binding): boolean {
    const { deviceId, userId } = binding.device;
    const bindings = this.byDevice.get(deviceId) ?? [];
    if (!bindings.includes(binding)) return false;
    const rest = bindings.filter((other) => other !== binding);
    this.count -= 1;
    this.watched.get(binding)?.();
    this.watched.delete(binding);
    if (rest.length > 0) this.byDevice.set(deviceId, rest);
    else {
      this.byDevice.delete(deviceId);
      const devices = this.devicesOfUser.get(userId);
      devices?.delete(deviceId);
      if (devices?.size === 0) this.devicesOfUser.delete(userId);
    }
    return true;
  }

  private drop(binding: Binding, reason: RemovalReason): void {
    if (!this.take(binding)) return;
    this.bus.publish('registration.removed', { registration: registrationOf(binding), reason });
  }

  private sweepLater(): void {
    this.stopSweep = this.clock.after(SWEEP_MS, () => {
      const now = this.clock.now();
      const expired = [...this.byDevice.values()].flat().filter((binding) => binding.expiresAt <= now);
      if (expired.length > 0) void this.remove(expired, 'expired');
      this.sweepLater();
    });
  }
}

function groupByOrganisation(bindings: readonly Binding[]): Map<OrganisationId, Binding[]> {
  const groups = new Map<OrganisationId, Binding[]>();
  for (const binding of bindings) {
    const { organisationId } = binding.device;
    const group = groups.get(organisationId);
    if (group === undefined) groups.set(organisationId, [binding]);
    else group.push(binding);
  }
  return groups;
}
