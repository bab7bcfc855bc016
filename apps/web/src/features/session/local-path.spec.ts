import { expect, it } from 'vitest';
import { localPath } from './local-path.js';

it.each([
  ['/chat/1?x=1', '/chat/1?x=1'],
  [null, '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('%s leads to %s', (next, path) => expect(localPath(next)).toBe(path));
