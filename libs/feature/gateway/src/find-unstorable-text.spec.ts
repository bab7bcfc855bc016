import { expect, it } from 'vitest';
import { findUnstorableText } from './find-unstorable-text.js';

const [first, second] = ['📞'.slice(0, 1), '📞'.slice(1)];

it.each([
  ['a\0', ''],
  [{ name: 'a', title: '\0' }, 'title'],
  [{ name: `a${first}` }, 'name'],
  [{ name: `${second}${first}` }, 'name'],
  [{ entries: [{ digit: '1' }, { digit: '2', action: { text: 'x\0y' } }] }, 'entries.1.action.text'],
  [{ settings: { 'a\0': 1 } }, 'settings'],
  [{ [`a${second}`]: 'x' }, ''],
  [JSON.parse('{"__proto__":{"name":"\\u0000"}}'), '__proto__.name'],
])('of %j it is found at "%s"', (value, path) => {
  expect(findUnstorableText(value)).toBe(path);
});

it.each([
  [undefined],
  [null],
  [7],
  [''],
  ['📞 Ünïcode \u0001\t\ufffd'],
  [{ name: String.raw`\u0000 in words`, list: [null, true, { '📞': '📞' }] }],
  [{ file: Buffer.from([0, 0xed, 0xa0, 0x80]) }],
])('is not in %j', (value) => {
  expect(findUnstorableText(value)).toBeUndefined();
});

it('is found however deep it is', () => {
  const depth = 100_000;
  const nested = JSON.parse(`${'['.repeat(depth)}"\\u0000"${']'.repeat(depth)}`) as unknown;
  expect(findUnstorableText(nested)?.split('.')).toHaveLength(depth);
});
