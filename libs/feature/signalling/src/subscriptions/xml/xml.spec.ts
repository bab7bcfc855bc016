import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildXml, element, type XmlNode } from './build-xml.js';
import { readXml, type XmlElement } from './read-xml.js';

const VECTORS = new URL('../../../vectors/xml/', import.meta.url);

function toNode({ name, namespace, attributes, children, text }: XmlElement): XmlNode {
  return element(name, { ...Object.fromEntries(attributes), xmlns: namespace }, ...children.map(toNode), text.trim());
}

function trimmed({ children, text, ...rest }: XmlElement): unknown {
  return { ...rest, text: text.trim(), children: children.map(trimmed) };
}

describe('a document', () => {
  it.each(readdirSync(VECTORS))('of an RFC is read, and read again as it is written: %s', (file) => {
    const first = readXml(readFileSync(new URL(file, VECTORS), 'utf8'));
    if (!first.ok) throw new Error(first.reason);
    const again = readXml(buildXml(toNode(first.root)));
    expect(again.ok && trimmed(again.root)).toEqual(trimmed(first.root));
  });

  it('keeps any text, and leaves out what XML cannot say', () => {
    const text = `<a href="x">&amp; "it's" \u{1f600} ]]> \u0007\u0000\ud800end`;
    const result = readXml(buildXml(element('note', { about: `${text}\n\t` }, text)));
    const expected = `<a href="x">&amp; "it's" \u{1f600} ]]> end`;
    expect(result.ok && [result.root.text, result.root.attributes.get('about')]).toEqual([expected, `${expected}\n\t`]);
  });

  it('is read with comments, instructions, sections and references', () => {
    const text =
      '\ufeff<?xml version="1.0"?><!-- a --><a xmlns="u:1" xmlns:b="u:2"><?x y?><b:c d=\'&lt;&#65;\' b:e="no"/><!-- <z> -->' +
      'one<![CDATA[<two>&]]>&#x33;</a><!-- end -->\n';
    const result = readXml(text);
    expect(result.ok && result.root).toEqual({
      namespace: 'u:1',
      name: 'a',
      attributes: new Map(),
      text: 'one<two>&3',
      children: [{ namespace: 'u:2', name: 'c', attributes: new Map([['d', '<A']]), text: '', children: [] }],
    });
  });

  it.each([
    ['', 'An element was expected'],
    ['<a>', 'The end is missing'],
    ['<a></b>', 'Tags do not match'],
    ['<a><b></a></b>', 'Tags do not match'],
    ['<a/><b/>', 'Something behind the root element'],
    ['<a b="1" b="2"/>', 'An attribute is there twice'],
    ['<a b=1/>', 'A value is not quoted'],
    ['<a b="<"/>', 'Stray <'],
    ['<a b="1"c="2"/>', 'Bad attributes'],
    ['<a b/>', 'An attribute has no value'],
    ['<x:a/>', 'Unknown prefix x'],
    ['<a>&nbsp;</a>', 'Unknown reference &nbsp;'],
    ['<a>&#0;</a>', 'Unknown reference &#0;'],
    ['<a>& b</a>', 'Unknown reference &'],
    ['<a>]]></a>', 'Stray ]]>'],
    ['<a><!-- </a>', '--> is missing'],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'An element was expected'],
    ['<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'An element was expected'],
    ['<a>'.repeat(25), 'Too many elements'],
    [`<a>${'<b/>'.repeat(1000)}</a>`, 'Too many elements'],
    [`<a ${Array.from({ length: 40 }, (_, at) => `b${at}="1"`).join(' ')}/>`, 'Bad attributes'],
    [`<a>${'x'.repeat(40_000)}</a>`, 'Too long'],
  ])('%j is refused: %s', (text, reason) => {
    expect(readXml(text)).toMatchObject({ ok: false, reason });
  });

  it('that is cut off anywhere is refused, not misread', () => {
    const whole = readFileSync(new URL('rfc3863-06-presence.xml', VECTORS), 'utf8').trimEnd();
    for (let length = 0; length < whole.length; length++) expect(readXml(whole.slice(0, length)).ok).toBe(false);
  });

  it('that is hostile costs no more than its length', () => {
    const started = performance.now();
    for (const text of ['<a '.repeat(10_000), '&'.repeat(32_000), '<!--'.repeat(8_000), `<a b="${'&'.repeat(30_000)}`])
      expect(readXml(text).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
