import type { Binding } from '../registrar/binding.js';
import type { PhoneInstance } from './route-call.js';

/** Whether a registration is that of this one phone. */
export function isInstance({ instance, device }: Binding, only: PhoneInstance): boolean {
  return instance === only.instance && (only.deviceId === null || device.deviceId === only.deviceId);
}
