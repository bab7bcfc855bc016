import { expect, it } from 'vitest';
import { jsonText } from './json-text.js';

it('is JSON, without what PostgreSQL does not take', () => {
  const rows = [
    { name: 'a\0b', legs: [{ number: '99\0' }], count: 1 },
    { name: String.raw`\u0000 in words`, agent: '📞📞'.slice(0, 3) },
  ];
  expect(JSON.parse(jsonText(rows))).toEqual([
    { name: 'ab', legs: [{ number: '99' }], count: 1 },
    { name: String.raw`\u0000 in words`, agent: '📞\ufffd' },
  ]);
});
