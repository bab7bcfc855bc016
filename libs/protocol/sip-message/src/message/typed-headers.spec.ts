import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from './parse-message.js';
import { TYPED_HEADERS } from './typed-headers.js';
import type { HeaderType, TypedHeader } from './typed-headers.js';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const [good = '', bad = ''] = read('vectors/headers.md').split('## Refused');
const rows = (text: string): { name: TypedHeader; value: string; written: string }[] =>
  [...text.matchAll(/^\| *([A-Za-z-]+) *\| *`(.*?)` *\|(?: *(?:`(.*?)`)? *\|)?$/gm)].map((row) => ({
    name: row[1] as TypedHeader,
    value: row[2] ?? '',
    written: row[3] ?? row[2] ?? '',
  }));
/** All types at once: what one parser makes, its own builder takes. */
const typeOf = (name: TypedHeader): HeaderType<unknown> => TYPED_HEADERS[name];
const names = Object.keys(TYPED_HEADERS) as TypedHeader[];

describe('headers of known form', () => {
  it.each(rows(good))('$name: $value', ({ name, value, written }) => {
    const type = typeOf(name);
    const parsed = type.parse(value);
    expect(parsed).toBeDefined();
    const text = type.build(parsed);
    expect(text).toBe(written);
    expect(type.parse(text)).toEqual(type.parse(written));
  });

  it.each(rows(bad))('refused: $name: $value', ({ name, value }) => {
    expect(typeOf(name).parse(value)).toBeUndefined();
  });

  it('have a vector each, and a place in the README', () => {
    expect(new Set(rows(good).map(({ name }) => name))).toEqual(new Set(names));
    const readme = read('README.md');
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('are read from messages one by one or all together', () => {
    const text =
      'SIP/2.0 200 OK\r\nReason: SIP;cause=200, Q.850;cause=16\r\nReason: x;cause=1\r\nRSeq: 0\r\nAllow: A, B(\r\n\r\n';
    const result = parseMessage(Buffer.from(text));
    if (!result.ok) throw new Error('Not read');
    const { message } = result;
    expect(message.read('Reason')).toEqual({ protocol: 'SIP', cause: 200 });
    expect(message.readAll('Reason')?.map(({ protocol }) => protocol)).toEqual(['SIP', 'Q.850', 'x']);
    expect([message.read('RSeq'), message.read('RAck'), message.readAll('Route')]).toEqual([undefined, undefined, []]);
    expect([message.read('Allow'), message.readAll('Allow')]).toEqual(['A', undefined]);
  });
});

describe('the longest value that a message can hold', () => {
  const LENGTH = 16_000;
  /** Nested, open, repeated and half-written: what makes parsers look at the same octets again and again. */
  const starts = ['', '"a', '<sip:', 'sip:a@b;'];
  const repeated = [
    ' ',
    ';a',
    ';a=" ',
    '"',
    '\\',
    '<',
    '(',
    ',',
    '=',
    ':',
    '%41',
    '[',
    'a',
    '1.',
    ' SIP/2.0',
    'x="",',
    '&1=2',
  ];
  const inputs = starts.flatMap((start) => repeated.map((piece) => (start + piece.repeat(LENGTH)).slice(0, LENGTH)));

  it.each(names)('%s: is read in time in proportion to its length', (name) => {
    const type = typeOf(name);
    for (const input of inputs) {
      const took = (): number => {
        // Processor time: other work on the machine does not count.
        const before = process.cpuUsage();
        const parsed = type.parse(input);
        if (parsed !== undefined) type.build(parsed);
        return process.cpuUsage(before).user / 1000;
      };
      // A collection may fall into it once; a parser that looks back would take this long each time.
      const slow = took() > 100 && took() > 100;
      expect(slow, input.slice(0, 20)).toBe(false);
    }
  });
});

describe('whatever stands in a header of known form', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 60 });
  /** Pieces of real values in any order reach deeper than noise does. */
  const pieces = rows(good).flatMap(({ value }) => value.split(/(?<=[;,=<>"@:?&% ])/));
  const mixed = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((list) => list.join(''));

  it.each(names)('%s: is refused or written so that it is read again as the same', (name) => {
    const type = typeOf(name);
    fc.assert(
      fc.property(fc.oneof(anything, mixed), (text) => {
        const parsed = type.parse(text);
        if (parsed === undefined) return;
        const written = type.build(parsed);
        // A line break would be neutralised by the message's builder.
        if (/[\r\n]/.test(written)) return;
        const again = type.parse(written);
        expect(again).toBeDefined();
        expect(type.build(again)).toBe(written);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
