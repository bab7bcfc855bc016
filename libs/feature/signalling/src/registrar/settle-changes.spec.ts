import { describe, expect, it } from 'vitest';
import { testBinding, testDevice } from '../testing/binding.js';
import type { Binding } from './binding.js';
import { settleChanges } from './settle-changes.js';

const device = testDevice();

function binding(contactUri: string, registeredAt: number): Binding {
  return testBinding(`<${contactUri}>`, { device, registeredAt });
}

const keep = (one: Binding) => ({ kind: 'keep' as const, binding: one });
const remove = (one: Binding) => ({ kind: 'remove' as const, binding: one });

describe('settleChanges', () => {
  const old = binding('sip:a@h', 1);
  const renewed = binding('sip:a@h', 2);
  const other = binding('sip:b@h', 1);

  it('leaves one change for each contact: the last', () => {
    expect(settleChanges([keep(old), keep(other), keep(renewed)])).toEqual({ keep: [renewed, other], remove: [] });
    expect(settleChanges([keep(old), remove(old)])).toEqual({ keep: [], remove: [old] });
    expect(settleChanges([remove(old), keep(renewed)])).toEqual({ keep: [renewed], remove: [] });
  });

  it('does not let the end of an older registration end the newer one', () => {
    expect(settleChanges([keep(renewed), remove(old)])).toEqual({ keep: [renewed], remove: [] });
  });

  it('orders by device and contact, so that everybody locks alike', () => {
    expect(settleChanges([keep(other), keep(old)]).keep).toEqual([old, other]);
  });
});
