import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSessionDescription, parseSessionDescription, SDP_LIMITS, type SessionDescription } from './index.js';

const vectors = new URL('../vectors/', import.meta.url);
const rfcVectors = [
  ...readFileSync(new URL('rfc.md', vectors), 'utf8').matchAll(/^## (.+)\n\n(.+)\n\n```sdp\n([\s\S]*?)\n```$/gm),
].map(([, title = '', expected = '', text = '']) => ({ title, expected, text }));

const browserVectors = ['chromium', 'firefox'].flatMap((browser) =>
  readdirSync(new URL(`${browser}/`, vectors)).map((file) => ({
    file: `${browser}/${file}`,
    text: readFileSync(new URL(`${browser}/${file}`, vectors), 'utf8'),
  })),
);

function parsed(text: string): SessionDescription {
  const result = parseSessionDescription(text);
  if (!result.ok) throw new Error(`${result.code} at line ${result.line}`);
  return result.description;
}

describe('parseSessionDescription', () => {
  it.each(rfcVectors.filter(({ expected }) => expected === 'whole'))('reads $title', ({ text }) => {
    const built = buildSessionDescription(parsed(text));
    expect(buildSessionDescription(parsed(built))).toBe(built);
    expect(built.match(/^a=.*/gm) ?? []).toEqual(text.match(/^a=.*/gm) ?? []);
  });

  it.each(rfcVectors.filter(({ expected }) => expected.startsWith('expected')))('refuses $title', (vector) => {
    const result = parseSessionDescription(vector.text);
    expect(vector.expected).toBe(result.ok ? 'read' : `expected: ${result.code} at line ${result.line}`);
  });

  it('reads or refuses the fragments that RFCs print', () => {
    const parts = rfcVectors.filter(({ expected }) => expected === 'part');
    expect(parts.map(({ text }) => typeof parseSessionDescription(text).ok)).toEqual(parts.map(() => 'boolean'));
  });

  it.each(browserVectors)('gives $file back octet by octet', ({ text }) => {
    expect(buildSessionDescription(parsed(text))).toBe(text);
  });

  it.each([
    ['', 'no-version', 1],
    ['v=1\r\n', 'no-version', 1],
    ['v=0\r\ns=-\r\n', 'no-origin', 2],
    ['v=0\r\no=- 1 1 IN IP4\r\n', 'bad-origin', 2],
    ['v=0\r\nhello\r\n', 'bad-line', 2],
    ['v=0\r\no=- 1 1 IN IP4 h\r\nx=1\r\n', 'unknown-type', 3],
    ['v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 99999 RTP/AVP 0\r\n', 'bad-media', 3],
    ['v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 9 unknown\r\n', 'bad-media', 3],
    ['v=0\r\no=- 1 1 IN IP4 h\r\nc=IN IP4\r\n', 'bad-connection', 3],
    ['v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 9 RTP/AVP 0\r\nv=0\r\n', 'bad-line', 4],
  ])('refuses %j', (text, code, line) => {
    expect(parseSessionDescription(text)).toEqual({ ok: false, code, line });
  });

  it('refuses what is too big before it is taken apart', () => {
    const head = 'v=0\r\no=- 1 1 IN IP4 h\r\n';
    expect(parseSessionDescription(head + 'a'.repeat(SDP_LIMITS.maxCharacters))).toMatchObject({ code: 'too-large' });
    expect(parseSessionDescription(head + 'a=x\n'.repeat(3000))).toMatchObject({ code: 'too-many-lines' });
    expect(parseSessionDescription(head + 'm=audio 9 RTP/AVP 0\n'.repeat(65))).toMatchObject({
      code: 'too-many-media',
    });
  });

  it('never throws, whatever comes', () => {
    const line = fc
      .tuple(fc.constantFrom(...'vosiuepcbtrzkamx'), fc.string({ maxLength: 40 }))
      .map((pair) => pair.join('='));
    const holds = fc.check(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 30 }), (lines) => {
        const result = parseSessionDescription(['v=0', 'o=- 1 1 IN IP4 h', ...lines].join('\r\n'));
        if (!result.ok) return result.line >= 1;
        const built = buildSessionDescription(result.description);
        return buildSessionDescription(parsed(built)) === built;
      }),
    );
    expect(holds.failed, JSON.stringify(holds.counterexample)).toBe(false);
  });
});
