import { expect, it } from 'vitest';
import { testBinding, testDevice } from '../testing/binding.js';
import { chooseFlows } from './choose-flows.js';

it('puts the flows of one instance together, the newest first, and keeps phones in their order (RFC 5626 §7)', () => {
  const device = testDevice();
  const other = testDevice();
  const flow = (regId: number, registeredAt: number, owner = device) =>
    testBinding('<sip:a@10.0.0.7>', { device: owner, key: `i;reg-id=${regId}`, instance: 'i', regId, registeredAt });
  const plain = testBinding('<sip:a@10.0.0.9>', { device, registeredAt: 9 });
  const [one, two, stranger] = [flow(1, 5), flow(2, 7), flow(1, 6, other)];
  expect(chooseFlows([plain, one, stranger, two])).toEqual([[plain], [two, one], [stranger]]);
  expect(chooseFlows([])).toEqual([]);
});
