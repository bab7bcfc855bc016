import { DEFAULT_NEXT_TRUNK_STATUSES, type Trunk } from '@carillon/contracts';
import { newId, TrunkId } from '@carillon/domain';
import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { bodyOf, useTrunkForm } from './trunk-form.js';

const trunk: Trunk = {
  ...{ trunkId: newId(TrunkId), name: 'Provider', enabled: true, host: 'sip.provider.test', port: null },
  ...{ transport: 'udp', username: 'acme', hasPassword: true, registers: true, challenges: false, trusted: false },
  ...{ sourceAddresses: [], maxCalls: 20, maxCallsPerSecond: 5, outbound: [], inbound: [], defaultExtension: null },
  ...{ callerNumber: '', callerIdentity: 'main', priority: 10, mediaEncryption: 'none', keysInClear: false },
  ...{ clearFallback: false, nextTrunkStatuses: [...DEFAULT_NEXT_TRUNK_STATUSES], state: null },
};

describe('a number as it is written on paper', () => {
  const { result } = renderHook(() => useTrunkForm(trunk));
  const values = result.current.values;

  it.each([
    ['+49 (30) 123-45', '+493012345'],
    ['+49 (0)30 123', '+4930123'],
    [' 0049 (0) 30/123', '004930123'],
    ['(0)30 123', '030123'],
    ['030.123', '030123'],
  ])('%j is saved as %s', (written, saved) => {
    const body = bodyOf({
      ...{ ...values, callerNumber: written },
      inbound: [{ number: written, extension: ' 1001 ' }],
      outbound: [{ pattern: '0.', strip: 1, prepend: written }],
    });
    expect(body.callerNumber).toBe(saved);
    expect(body.inbound).toEqual([{ number: saved, extension: '1001' }]);
    expect(body.outbound).toEqual([{ pattern: '0.', strip: 1, prepend: saved }]);
  });
});

it('what another administrator saves meanwhile is not written over, and what is being typed stays', () => {
  const { result, rerender } = renderHook((stored: Trunk) => useTrunkForm(stored), { initialProps: trunk });
  act(() => {
    result.current.setFieldValue('name', 'Line 1');
    result.current.setFieldValue('password', 'new');
  });
  rerender({ ...trunk, maxCalls: 50, inbound: [{ number: '+4930123', extension: '1001' }] });
  expect(result.current.getTransformedValues()).toMatchObject({
    ...{ name: 'Line 1', password: 'new', maxCalls: 50 },
    inbound: [{ number: '+4930123', extension: '1001' }],
  });
});

it('numbers and rules of two administrators are saved side by side', () => {
  const inbound = (number: string, extension: string) => ({ number, extension });
  const outbound = (pattern: string, strip: number) => ({ pattern, strip, prepend: '' });
  const first = { ...trunk, inbound: [inbound('+4930123', '1001')], outbound: [outbound('0.', 1)] };
  const { result, rerender } = renderHook((stored: Trunk) => useTrunkForm(stored), { initialProps: first });
  act(() => {
    result.current.setFieldValue('inbound', [...first.inbound, inbound('+49 30 456', '1002'), inbound('', '')]);
    result.current.setFieldValue('outbound', [outbound('0.', 2)]);
  });
  rerender({
    ...first,
    inbound: [inbound('+4930123', '1009'), inbound('+4930789', '1003')],
    outbound: [...first.outbound, outbound('00.', 2)],
  });
  expect(result.current.values).toMatchObject({
    inbound: [
      ...[inbound('+4930123', '1009'), inbound('+49 30 456', '1002'), inbound('', '')],
      inbound('+4930789', '1003'),
    ],
    outbound: [outbound('0.', 2), outbound('00.', 2)],
  });
});
