import type { Binding } from './binding.js';

/**
 * Puts together the bindings that lead to the same phone: those of one instance (RFC 5626 §7). Only one of them is
 * tried at a time, the newest first; the next where its flow has failed. Pure.
 * @param bindings the most wanted first
 * @returns one list for each phone, never empty, in the order of its most wanted binding
 */
export function chooseFlows(bindings: readonly Binding[]): (readonly [Binding, ...Binding[]])[] {
  const phones = new Map<string, [Binding, ...Binding[]]>();
  for (const binding of bindings) {
    const { device, instance, key } = binding;
    const phone = `${device.deviceId} ${instance ?? key}`;
    const others = phones.get(phone);
    if (others === undefined) phones.set(phone, [binding]);
    else others.push(binding);
  }
  return [...phones.values()].map((flows) => flows.sort((a, b) => b.registeredAt - a.registeredAt));
}
