import type { Flow } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import { testBinding, testDevice } from '../testing/binding.js';
import type { Binding } from './binding.js';
import { DeviceListeners } from './device-listeners.js';
import { wayToPhone } from './way-to-phone.js';

const device = testDevice();
const FIRST = 'tcp:10.0.0.1:5060-10.0.0.7:40001';
const SECOND = 'tcp:10.0.0.1:5060-10.0.0.7:40002';
const THIRD = 'tcp:10.0.0.1:5060-10.0.0.7:40003';

/** A phone with connections that come and go, and the way to it as a dialog over the first one sees it. */
function bedOf(protocol: Binding['protocol'] = 'tcp') {
  const listeners = new DeviceListeners();
  const bindings: Binding[] = [];
  const open = new Set([FIRST, SECOND, THIRD]);
  const flow = (id: string): Flow => ({ id, open: open.has(id) }) as unknown as Flow;
  const registers = (flowId: string, rest: Partial<Binding> = {}): void => {
    const about = { device, protocol, flowId, registeredAt: bindings.length, ...rest };
    const binding = testBinding('<sip:alice@192.168.0.7>', about);
    const at = bindings.findIndex(({ key }) => key === binding.key);
    if (at >= 0) bindings.splice(at, 1);
    bindings.push(binding);
    listeners.tell(binding, 'added', true);
  };
  registers(FIRST);
  const parts = {
    registrar: {
      ofDevice: () => bindings,
      onChangeOf: (id: typeof device.deviceId, listener: Parameters<DeviceListeners['add']>[1]) =>
        listeners.add(id, listener),
    },
    userAgent: { flow, addresses: [] },
  };
  const way = wayToPhone(parts, device.deviceId, flow(FIRST));
  return {
    way,
    flow,
    open,
    registers,
    bindings,
    listeners,
    find: (id?: string) => way.find(id === undefined ? id : flow(id))?.id,
  };
}

it('its connection is good as long as it is registered by it', () => {
  const { find } = bedOf();
  expect(find(FIRST)).toBe(FIRST);
});

it('one that was registered anew by another has left the last, though that looks open', () => {
  const { find, registers } = bedOf();
  registers(SECOND);
  expect(find(FIRST)).toBe(SECOND);
});

it('and so on, from connection to connection', () => {
  const { find, registers } = bedOf();
  registers(SECOND);
  expect(find(FIRST)).toBe(SECOND);
  // A request of its own came by the second: that is the dialog's now.
  expect(find(SECOND)).toBe(SECOND);
  registers(THIRD);
  expect(find(SECOND)).toBe(THIRD);
});

it('behind a NAT over UDP it is where it registered last', () => {
  const { find, registers } = bedOf('udp');
  registers(SECOND);
  expect(find(FIRST)).toBe(SECOND);
});

it('without a connection it is reached by the newest that is open, of this phone alone', () => {
  const { find, registers, open } = bedOf();
  open.delete(FIRST);
  expect(find()).toBeUndefined();
  registers(THIRD, { key: 'sip:other', contactUri: 'sip:other@192.168.0.8', callId: 'another', registeredAt: 9 });
  expect(find()).toBeUndefined();
  registers(SECOND);
  expect(find()).toBe(SECOND);
});

it('another connection that is not registered is left as it is', () => {
  const { find } = bedOf();
  expect(find(THIRD)).toBe(THIRD);
});

it('who waits for it hears of this phone’s registrations alone, and of none after that', () => {
  const { way, registers, bindings, listeners } = bedOf();
  let heard = 0;
  const stop = way.awaitAnother?.(() => void (heard += 1));
  registers(SECOND);
  expect(heard).toBe(1);
  const [binding] = bindings;
  if (binding !== undefined) listeners.tell(binding, 'expired', true);
  listeners.tell(testBinding('<sip:bob@192.168.0.9>'), 'added', true);
  registers(THIRD, { key: 'sip:other', contactUri: 'sip:other@192.168.0.8', callId: 'another' });
  expect(heard).toBe(1);
  stop?.();
  registers(SECOND);
  expect(heard).toBe(1);
});
