import { expect, it } from 'vitest';
import { isOwnHost } from './own-host.js';

it.each([
  ['demo.example', true],
  ['demo.example.', true],
  ['localhost', true],
  ['localhost.', true],
  ['192.0.2.1', true],
  ['elsewhere.example', false],
  ['demo.example..', false],
  ['.', false],
  [undefined, false],
])('%s is ours: %s', (host, isOurs) => {
  expect(isOwnHost(host, 'demo.example', new Set(['localhost', '192.0.2.1']))).toBe(isOurs);
});
