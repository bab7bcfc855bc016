import type { Binding } from './binding.js';

/** One contact of a device, written or deleted. */
export interface SettledChange {
  readonly kind: 'keep' | 'remove';
  readonly binding: Binding;
}

/**
 * What is left to do of changes that came one after the other: a single statement may touch a row only once. Sorted, so
 * that two processes lock rows in the same order. Pure.
 */
export function settleChanges(changes: readonly SettledChange[]): { keep: Binding[]; remove: Binding[] } {
  const last = new Map<string, SettledChange>();
  for (const change of changes) {
    const key = `${change.binding.device.deviceId} ${change.binding.key}`;
    const before = last.get(key);
    // The end of an older registration (its connection broke) does not end the one that took its place.
    const isLate = before?.kind === 'keep' && before.binding.registeredAt > change.binding.registeredAt;
    if (change.kind === 'keep' || !isLate) last.set(key, change);
  }
  const settled = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  const of = (kind: SettledChange['kind']): Binding[] =>
    settled.filter((change) => change.kind === kind).map(({ binding }) => binding);
  return { keep: of('keep'), remove: of('remove') };
}
