import { expect, it } from 'vitest';
import { newSessionUuid } from './session-identifier.js';

it('a session is named by 32 hex digits, by others each time', () => {
  const names = Array.from({ length: 100 }, newSessionUuid);
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(new Set(names).size).toBe(names.length);
});
