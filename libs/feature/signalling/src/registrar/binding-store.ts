import type { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import { ExpiryBuckets } from '@carillon/sip-stack';
import type { Binding, RegisteredTimes } from './binding.js';

const NONE: readonly Binding[] = [];

/** The bindings in memory, found by device, user, instance and expiry. */
export class BindingStore {
  private readonly byDevice = new Map<DeviceId, Binding[]>();
  private readonly devicesOfUser = new Map<UserId, Set<DeviceId>>();
  /** What temporary GRUUs lead to. */
  private readonly devicesOfGruu = new Map<string, DeviceId>();
  private readonly expiry: ExpiryBuckets<Binding>;
  private count = 0;

  constructor(now: number) {
    this.expiry = new ExpiryBuckets(now);
  }

  get size(): number {
    return this.count;
  }

  has(binding: Binding): boolean {
    return this.byDevice.get(binding.device.deviceId)?.includes(binding) === true;
  }

  /** All of the device's, expired ones that are not swept yet among them. Not to be changed or kept. */
  ofDevice(deviceId: DeviceId): readonly Binding[] {
    return this.byDevice.get(deviceId) ?? NONE;
  }

  ofUser(userId: UserId): Binding[] {
    return [...(this.devicesOfUser.get(userId) ?? [])].flatMap((deviceId) => this.ofDevice(deviceId));
  }

  /** Of the instance that a temporary GRUU was made for (RFC 5627 §5.4). */
  ofGruu(gruuId: string): Binding[] {
    const deviceId = this.devicesOfGruu.get(gruuId);
    return deviceId === undefined ? [] : this.ofDevice(deviceId).filter((binding) => binding.gruuId === gruuId);
  }

  *all(): Generator<Binding> {
    for (const bindings of this.byDevice.values()) yield* bindings;
  }

  *ofOrganisation(organisationId: OrganisationId): Generator<Binding> {
    for (const bindings of this.byDevice.values())
      for (const binding of bindings) if (binding.device.organisationId === organisationId) yield binding;
  }

  insert(binding: Binding): void {
    const { deviceId, userId } = binding.device;
    const bindings = this.byDevice.get(deviceId);
    if (bindings === undefined) {
      this.byDevice.set(deviceId, [binding]);
      const devices = this.devicesOfUser.get(userId);
      if (devices === undefined) this.devicesOfUser.set(userId, new Set([deviceId]));
      else devices.add(deviceId);
    } else bindings.push(binding);
    if (binding.gruuId !== null) this.devicesOfGruu.set(binding.gruuId, deviceId);
    this.expiry.add(binding);
    this.count += 1;
  }

  /** @returns whether it was still there */
  take(binding: Binding): boolean {
    const { deviceId, userId } = binding.device;
    const bindings = this.byDevice.get(deviceId);
    const at = bindings?.indexOf(binding) ?? -1;
    if (bindings === undefined || at < 0) return false;
    bindings.splice(at, 1);
    this.expiry.delete(binding);
    this.count -= 1;
    if (bindings.length === 0) {
      this.byDevice.delete(deviceId);
      const devices = this.devicesOfUser.get(userId);
      devices?.delete(deviceId);
      if (devices?.size === 0) this.devicesOfUser.delete(userId);
    }
    const { gruuId } = binding;
    if (gruuId !== null && !bindings.some((other) => other.gruuId === gruuId)) this.devicesOfGruu.delete(gruuId);
    return true;
  }

  /** In place: who holds the binding sees its new times. The expiry must not move back. */
  refresh(binding: Binding, times: RegisteredTimes): void {
    const own: { -readonly [Key in keyof RegisteredTimes]: RegisteredTimes[Key] } = binding;
    own.callId = times.callId;
    own.cseq = times.cseq;
    own.branchHash = times.branchHash;
    own.registeredAt = times.registeredAt;
    own.expiresAt = times.expiresAt;
  }

  /** What was taken for expired is good for longer. */
  expireLater(binding: Binding): void {
    this.expiry.add(binding);
  }

  /** What has expired by now. It is still there: `take` it. */
  expired(now: number): Binding[] {
    return this.expiry.takeDue(now);
  }
}
