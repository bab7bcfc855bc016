import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../message/parse-message.js';
import { buildCpim, parseCpim } from './cpim.js';
import { entityHeader } from './header-block.js';
import { buildMultipart, findPart, findPartById, parseMultipart } from './multipart.js';
import { buildSipFragment, parseSipFragment } from './sip-fragment.js';

describe('multipart bodies', () => {
  it('with octets of any kind come back as they were', () => {
    const binary = Buffer.from([0, 13, 10, 45, 45, 255]);
    const { body, contentType } = buildMultipart({
      subtype: 'mixed',
      boundary: 'b1',
      parts: [
        { headers: [['Content-Type', 'application/sdp']], body: 'v=0\r\n' },
        { headers: [['Content-ID', '<x@y>']], body: binary },
      ],
    });
    const parsed = parseMultipart(body, contentType);
    expect(parsed?.subtype).toBe('mixed');
    expect(parsed?.parts.map((part) => part.body)).toEqual([Buffer.from('v=0\r\n'), binary]);
    expect(parsed && findPartById(parsed, 'x@y')?.body).toEqual(binary);
  });

  it('are found in the torture message of RFC 4475 §3.1.1.11', () => {
    const bytes = readFileSync(new URL('../../vectors/rfc4475/mpart01.dat', import.meta.url));
    const result = parseMessage(bytes);
    if (!result.ok) throw new Error('Not read');
    const parsed = parseMultipart(result.message.body, result.message.header('Content-Type') ?? '');
    expect(parsed?.parts.map((part) => entityHeader(part, 'content-type'))).toEqual([
      'text/plain',
      'application/octet-stream',
    ]);
    expect(parsed?.parts[0]?.body.toString()).toBe('Hello');
  });

  it('may be one within the other; of alternatives the last that fits counts', () => {
    const inner = buildMultipart({
      subtype: 'alternative',
      boundary: 'in',
      parts: ['first', 'last'].map((body) => ({ headers: [['Content-Type', 'text/html']], body })),
    });
    const outer = buildMultipart({
      subtype: 'related',
      boundary: 'out',
      parts: [
        { headers: [], body: 'plain' },
        { headers: [['Content-Type', inner.contentType]], body: inner.body },
      ],
    });
    expect(findPart(outer.body, outer.contentType, 'text/html')?.body.toString()).toBe('last');
    expect(findPart(outer.body, outer.contentType, 'text/plain')?.body.toString()).toBe('plain');
    expect(findPart(outer.body, outer.contentType, 'text/xml')).toBeUndefined();
  });

  it('have a preamble, padding behind boundaries and boundaries that begin alike', () => {
    const text = 'preamble\r\n--b \t\r\n\r\n--bb\r\n--b--\r\nepilogue';
    expect(
      parseMultipart(Buffer.from(text), 'multipart/mixed;boundary=b')?.parts.map(({ body }) => body.toString()),
    ).toEqual(['--bb']);
  });

  it.each([
    ['--b\r\n\r\nx', 'multipart/mixed;boundary=b'],
    ['--b\r\nno header\r\n\r\nx\r\n--b--', 'multipart/mixed;boundary=b'],
    ['--b--', 'multipart/mixed'],
    ['--b--', 'text/plain;boundary=b'],
    [`${'--b\r\n\r\n\r\n'.repeat(17)}--b--`, 'multipart/mixed;boundary=b'],
    ['', `multipart/mixed;boundary=${'b'.repeat(71)}`],
  ])('refuses %j as %s', (body, type) => {
    expect(parseMultipart(Buffer.from(body), type)).toBeUndefined();
  });

  it('nested without end are looked into so deep and no deeper', () => {
    let body: Buffer = Buffer.from('x');
    for (let depth = 0; depth < 40; depth++) {
      const headers = [['Content-Type', depth === 0 ? 'a/b' : `multipart/mixed;boundary="${depth - 1}"`]] as const;
      ({ body } = buildMultipart({ subtype: 'mixed', boundary: String(depth), parts: [{ headers, body }] }));
    }
    expect(findPart(body, 'multipart/mixed;boundary=39', 'a/b')).toBeUndefined();
  });
});

describe('message/sipfrag (RFC 3420)', () => {
  it.each([
    ['SIP/2.0 100 Trying', { kind: 'response', status: 100, reason: 'Trying' }, 0],
    ['SIP/2.0 200 OK\r\n', { kind: 'response', status: 200, reason: 'OK' }, 0],
    ['SIP/2.0 603 Declined\r\nTo: <sip:a>;tag=1\r\n', { kind: 'response', status: 603, reason: 'Declined' }, 1],
    [
      'INVITE sip:alice@atlanta.com SIP/2.0\r\nFrom: <sip:a>\r\nTo: <sip:b>',
      { kind: 'request', method: 'INVITE', uri: 'sip:alice@atlanta.com' },
      2,
    ],
    ['From: Alice <sip:a>\r\nDate: x\r\n\r\n', undefined, 2],
  ])('reads %j', (text, start, lines) => {
    const fragment = parseSipFragment(Buffer.from(text));
    expect(fragment?.start).toEqual(start);
    expect(fragment?.headers.length).toBe(lines);
  });

  it.each(['', 'hello', 'SIP/2.0 99 X', 'SIP/2.0 200 OK\r\nno header\r\n'])('refuses %j', (text) => {
    expect(parseSipFragment(Buffer.from(text))).toBeUndefined();
  });

  it('writes what a transferor is told', () => {
    const start = { kind: 'response', status: 180, reason: 'Ringing' } as const;
    expect(buildSipFragment({ start }).toString()).toBe('SIP/2.0 180 Ringing\r\n');
    const whole = buildSipFragment({ start, headers: [['A', 'b']], body: 'c' });
    expect(whole.toString()).toBe('SIP/2.0 180 Ringing\r\nA: b\r\n\r\nc');
    expect(parseSipFragment(whole)).toMatchObject({ start, headers: [['A', 'b']], body: Buffer.from('c') });
  });
});

it('message/cpim (RFC 3862 §5)', () => {
  const cpim = {
    headers: [
      ['From', 'MR SANDERS <im:piglet@100akerwood.com>'],
      ['Subject', 'the weather'],
    ] as const,
    content: { headers: [['Content-type', 'text/plain']] as const, body: 'Here is the text' },
  };
  const parsed = parseCpim(buildCpim(cpim));
  expect(parsed?.headers).toEqual(cpim.headers);
  expect([parsed?.content.headers, parsed?.content.body.toString()]).toEqual([
    cpim.content.headers,
    'Here is the text',
  ]);
  expect(parseCpim(Buffer.from('x'))).toBeUndefined();
});
