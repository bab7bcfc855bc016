import { expect, it } from 'vitest';
import { socketOf } from './socket-of.js';

it('finds where a phone was seen, in both families, and not its proxy', () => {
  expect(socketOf({ source: '192.0.2.1:5062', path: [] })).toEqual({ address: '192.0.2.1', port: 5062 });
  expect(socketOf({ source: '[2001:db8::1]:5060', path: [] })).toEqual({ address: '2001:db8::1', port: 5060 });
  expect(socketOf({ source: '192.0.2.1:5062', path: ['<sip:edge;lr>'] })).toBeUndefined();
});
