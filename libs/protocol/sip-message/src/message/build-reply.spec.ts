import { describe, expect, it } from 'vitest';
import { buildReply } from './build-reply.js';
import { buildResponse } from './build-message.js';
import { parseMessage } from './parse-message.js';
import type { SipRequest } from './sip-message.js';

function request(lines: readonly string[]): SipRequest {
  const result = parseMessage(Buffer.from(`OPTIONS sip:a@example.com SIP/2.0\r\n${lines.join('\r\n')}\r\n\r\n`));
  if (!result.ok || result.message.kind !== 'request') throw new Error('Not parsed');
  return result.message;
}

const LINES = [
  'v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport',
  'Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2, SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK3',
  'f: "A" <sip:a@example.com>;tag=1',
  'To:<sip:b@example.com>  ',
  'i: call-id-of-some-length-that-is-copied-in-one-piece-and-not-octet-by-octet@192.0.2.1',
  'CSeq: 7 OPTIONS',
  'Max-Forwards: 70',
];
const COPIED = [
  ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport=5060'],
  ['Via', 'SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2, SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK3'],
  ['From', '"A" <sip:a@example.com>;tag=1'],
  ['To', '<sip:b@example.com>;tag=us'],
  ['Call-ID', 'call-id-of-some-length-that-is-copied-in-one-piece-and-not-octet-by-octet@192.0.2.1'],
  ['CSeq', '7 OPTIONS'],
] as const;
const via = COPIED[0][1];

describe('a reply (RFC 3261 §8.2.6.2)', () => {
  it('has what it copies from its request, then its own lines and body', () => {
    const headers = [
      ['Server', 'Carillon'],
      ['Subject', 'Grüße'],
      ['X-Injected', 'a\r\nEvil: b'],
    ] as const;
    for (const body of [undefined, '', 'Grüße', Buffer.from('octets')])
      expect(buildReply(request(LINES), { status: 200, via, toTag: 'us', headers, body }).toString()).toBe(
        buildResponse({ status: 200, headers: [...COPIED, ...headers], body }).toString(),
      );
  });

  it('has the Via marked where it came from, as octets or as text', () => {
    const mark = { openPort: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport'.length, port: 5061, address: '203.0.113.1' };
    const marked = 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport=5061;received=203.0.113.1';
    const folded = request(LINES.map((line) => line.replace('CSeq: 7', 'CSeq: 7\r\n ')));
    for (const from of [request(LINES), folded])
      expect(buildReply(from, { status: 100, via: mark, headers: [] }).toString()).toBe(
        buildReply(from, { status: 100, via: marked, headers: [] }).toString(),
      );
    expect(buildReply(request(LINES), { status: 100, via: mark, headers: [] }).toString()).toContain(
      `Via: ${marked}\r\n`,
    );
  });

  it('is the same for a head with folds or other letters than ASCII', () => {
    const folded = request(LINES.map((line) => line.replace('CSeq: 7', 'CSeq: 7\r\n ')));
    expect(buildReply(folded, { status: 481, via, toTag: 'us', headers: [] }).toString()).toBe(
      buildResponse({ status: 481, headers: COPIED }).toString(),
    );
    const named = request(LINES.map((line) => line.replace('"A"', '"Ä"')));
    expect(buildReply(named, { status: 200, headers: [] }).toString()).toContain(
      'From: "Ä" <sip:a@example.com>;tag=1\r\n',
    );
  });

  it('leaves Via and To as they came where nothing is said of them, and takes a reason', () => {
    const text = buildReply(request(LINES), { status: 488, reason: 'Nothing\r\nin common', headers: [] }).toString();
    expect(text).toMatch(
      /^SIP\/2\.0 488 Nothing in common\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.1;branch=z9hG4bK1;rport\r\n/,
    );
    expect(text).toContain('\r\nTo: <sip:b@example.com>\r\n');
  });

  it('of a request that lacks what it must have is readable all the same', () => {
    const text = buildReply(request([LINES[0] ?? '', 'Max-Forwards: 70']), { status: 400, headers: [] }).toString();
    expect(text).toContain('\r\nFrom: \r\nTo: \r\nCall-ID: \r\nCSeq: \r\nContent-Length: 0\r\n\r\n');
  });

  it.each([
    ['v', '\n', 40],
    ['v', '\n', 100],
    ['v', '\r\n', 100],
    ['V', '\r\n', 60],
    ['Via', '\n', 60],
  ])('has room for what many lines of "%s:" with %j behind them and %i octets each become', (name, end, length) => {
    const value = `SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${'x'.repeat(length)}`.slice(0, length);
    const lines = [...Array.from({ length: 250 }, () => `${name}:${value}`), 'l:9'];
    const parsed = parseMessage(Buffer.from(`OPTIONS sip:a SIP/2.0${end}${lines.join(end)}${end}${end}`));
    const request = parsed.ok ? parsed.message : 'malformed' in parsed ? parsed.request : undefined;
    if (request?.kind !== 'request') throw new Error('Not parsed');
    const marked = `${value};received=192.0.2.7`;
    const headers = [
      ...Array.from({ length: 250 }, (_, at) => ['Via', at === 0 ? marked : value] as const),
      ...(['From', 'To', 'Call-ID', 'CSeq'] as const).map((one) => [one, one === 'To' ? ';tag=us' : ''] as const),
    ];
    const expected = buildResponse({ status: 400, headers }).toString();
    // Also at the end of memory that others have used.
    for (let time = 0; time < 8; time += 1)
      expect(buildReply(request, { status: 400, via: marked, toTag: 'us', headers: [] }).toString()).toBe(expected);
  });
});
