import type { DeviceId } from '@carillon/domain';
import type { Binding } from './binding.js';
import type { BindingListener } from './registrar.js';

/** Who waits for one device to register: found by it, so that thousands who wait cost the registrations of others nothing. */
export class DeviceListeners {
  private readonly byDevice = new Map<DeviceId, Set<BindingListener>>();

  /** @returns stops */
  add(deviceId: DeviceId, listener: BindingListener): () => void {
    const listeners = this.byDevice.get(deviceId) ?? new Set();
    this.byDevice.set(deviceId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.byDevice.get(deviceId) === listeners) this.byDevice.delete(deviceId);
    };
  }

  tell(binding: Binding, ...about: [event: Parameters<BindingListener>[1], here: boolean]): void {
    if (this.byDevice.size === 0) return;
    const listeners = this.byDevice.get(binding.device.deviceId);
    // Some of them begin to wait again at once.
    if (listeners !== undefined) for (const listener of [...listeners]) listener(binding, ...about);
  }
}
