import { describe, expect, it } from 'vitest';
import { buildEditedMessage } from './build-edited-message.js';
import { buildRequest } from './build-message.js';
import { checkMandatoryHeaders } from './check-mandatory-headers.js';
import { parseMessage } from './parse-message.js';
import type { ParseOptions } from './parse-message.js';
import type { MalformedCode } from './parse-result.js';
import type { SipMessage } from './sip-message.js';

const HEADERS: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds',
  'Max-Forwards': '70',
  To: 'Bob <sip:bob@biloxi.com>',
  From: 'Alice <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID': 'a84b4c76e66710@pc33.atlanta.com',
  CSeq: '314159 OPTIONS',
};

/** An OPTIONS with some lines in place of its own, or more. */
function options(lines: readonly string[] = [], start = 'OPTIONS sip:bob@biloxi.com SIP/2.0'): Buffer {
  const named = (name: string): boolean => lines.some((line) => line.toLowerCase().startsWith(name.toLowerCase()));
  const others = Object.entries(HEADERS).filter(([name]) => !named(name));
  const head = [start, ...others.map(([name, value]) => `${name}: ${value}`), ...lines];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
}

function read(input: Buffer, parseOptions?: ParseOptions): SipMessage {
  const result = parseMessage(input, parseOptions);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.message;
}

function fault(input: Buffer, parseOptions?: ParseOptions): MalformedCode | undefined {
  const result = parseMessage(input, parseOptions);
  if (result.ok) return checkMandatoryHeaders(result.message)?.malformed;
  return 'malformed' in result ? result.malformed : undefined;
}

describe('white space that the grammar allows (RFC 3261 §25.1)', () => {
  it.each([
    ['around the colon', 'Max-Forwards\t : \t 8'],
    ['a fold behind the colon', 'Max-Forwards:\r\n 8'],
    ['several folds behind the colon', 'Max-Forwards:\r\n\t\r\n \r\n  8'],
    ['a fold behind the value', 'Max-Forwards: 8\r\n  '],
    ['leading zeros', 'Max-Forwards: 00000000000000000000008'],
  ])('%s', (_, line) => {
    const message = read(options([line]));
    expect(message.kind === 'request' && message.maxForwards).toBe(8);
    expect(message.read('Max-Forwards')).toBe(8);
    expect(checkMandatoryHeaders(message)).toBeUndefined();
  });

  it.each(['Content-Length:\r\n 2', 'Content-Length \t:\r\n\t2', 'l\t:\r\n \r\n 02', 'L:2'])(
    'in %j, which frames a stream all the same',
    (line) => {
      const input = Buffer.concat([options([line]), Buffer.from('abNEXT')]);
      const result = parseMessage(input, { framing: 'stream' });
      expect(result).toMatchObject({ ok: true, length: input.length - 4 });
    },
  );

  it.each([
    'SIP / 2.0 / UDP first.example.com : 4000 ; ttl = 16 ; maddr = 224.2.0.1 ; branch = z9hG4bK.1',
    'SIP\t/\t2.0\t/\tUDP\tfirst.example.com\t:\t4000\t;branch=z9hG4bK.1;\tttl=16',
    'SIP/2.0/UDP\r\n first.example.com:4000\r\n ;branch\r\n =\r\n z9hG4bK.1',
    'sip/2.0/udp FIRST.example.com:4000;BRANCH=z9hG4bK.1, SIP/2.0/TCP second;branch=z9hG4bK.2',
  ])('in Via: %j', (value) => {
    const message = read(options([`Via: ${value}`]));
    expect(message.topVia).toMatchObject({ transport: 'UDP', host: 'first.example.com', port: 4000 });
    expect(message.branch).toBe('z9hG4bK.1');
    expect(message.sentBy).toBe('first.example.com:4000');
    expect(checkMandatoryHeaders(message)).toBeUndefined();
  });

  it.each([
    'sip:alice@atlanta.com ; tag = 88',
    '"A;tag=no, <x>" \t <sip:alice@atlanta.com> \t; x ; tag\t=\t88 ; y = "a;tag=7"',
    '\r\n "quoted \\"\\\\"\r\n\t<sip:alice@atlanta.com>\r\n ;tag\r\n =88',
    '<sip:alice@atlanta.com>;TAG=88',
    'Alice  A.  <sip:alice@atlanta.com>;q="\\;,<>";tag=88;lr',
  ])('in From: %j', (value) => {
    const message = read(options([`From:${value}`]));
    expect([message.fromTag, message.from?.uri]).toEqual(['88', 'sip:alice@atlanta.com']);
    expect(checkMandatoryHeaders(message)).toBeUndefined();
  });

  it('in CSeq, media types and lists', () => {
    const message = read(
      options(['CSeq: 0000000000000000314159\r\n\t  OPTIONS  ', 'c: application\t/ SDP ;x=y', 'k: a ,, b\r\n ,c,']),
    );
    expect(message.cseq).toEqual({ sequence: 314159, method: 'OPTIONS' });
    expect(message.contentType).toBe('application/sdp');
    expect(message.values('Supported')).toEqual(['a', 'b', 'c']);
    expect(checkMandatoryHeaders(message)).toBeUndefined();
  });
});

describe('start lines (RFC 3261 §7.1, §7.2)', () => {
  it.each(['sip/2.0', 'SIP/2.0', 'Sip/2.0'])('name the version in any case: %s', (version) => {
    const request = read(options([], `OPTIONS sip:bob@biloxi.com ${version}`));
    expect(request).toMatchObject({ kind: 'request', version: 'SIP/2.0', uriText: 'sip:bob@biloxi.com' });
    const response = read(options([], `${version} 486 Busy Here`));
    expect(response).toMatchObject({ kind: 'response', status: 486, reason: 'Busy Here' });
    expect(buildEditedMessage(response, {}).toString()).toMatch(/^SIP\/2\.0 486 Busy Here\r\n/);
  });

  it('take methods as they are written', () => {
    const odd = "a.!%*_+`'~-9";
    const request = read(options([`CSeq: 1 ${odd}`], `${odd} sip:bob@biloxi.com SIP/2.0`));
    expect(request).toMatchObject({ method: odd, cseq: { sequence: 1, method: odd } });
    expect(checkMandatoryHeaders(request)).toBeUndefined();
    expect(fault(options(['CSeq: 1 options']))).toBe('CSEQ_METHOD');
    expect(read(options(['CSeq: 1 invite'], 'invite sip:b SIP/2.0'))).toMatchObject({ method: 'invite' });
  });

  it.each([
    ['SIP/2.0 200 ', ''],
    ['SIP/2.0 200', ''],
    ['SIP/2.0 200 = 2**3 * 5%20 \u00c3\u00a9', '= 2**3 * 5%20 \u00e9'],
    ['SIP/2.0 200   spaced ', '  spaced '],
    ['SIP/2.0 699 SIP/2.0', 'SIP/2.0'],
  ])('%j gives its reason', (line, reason) => {
    expect(read(options([], line))).toMatchObject({ kind: 'response', reason });
  });

  it.each<[string, MalformedCode]>([
    ['SIP/2.0 700 Odd', 'STATUS_CODE'],
    ['SIP/2.0 099 Odd', 'STATUS_CODE'],
    ['SIP/2.0 2000 OK', 'STATUS_CODE'],
    ['SIP/2.0 -20 OK', 'STATUS_CODE'],
    ['SIP/2.1 200 OK', 'STATUS_CODE'],
    ['SIP/2.0 200 O\rK', 'STATUS_CODE'],
    ['SIP/2.0 200OK', 'STATUS_CODE'],
    ['OPTIONS sip:b', 'START_LINE'],
    ['OPTIONS  SIP/2.0', 'REQUEST_URI'],
    ['OPT(IONS sip:b SIP/2.0', 'START_LINE'],
    ['OPTIONS sip:b SIP/2.', 'START_LINE'],
    ['OPTIONS sip:b\rx SIP/2.0', 'START_LINE'],
    ['OPTIONS sip:b SIP/2.0\r ', 'START_LINE'],
    [' OPTIONS sip:b\r\n SIP/2.0', 'START_LINE'],
    ['OPTIONS sip:b SIP/2.0\r\n folded', 'HEADER_LINE'],
    ['OPTIONS sip:b\r\n SIP/2.0', 'START_LINE'],
    ['OPTIONS <sip:b> SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:b; lr SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:b\u0000 SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip: SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:@b SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:a@b:65536 SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:a@b: SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:a@[::1 SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:a@[1:2:3:4:5:6:7:8:9] SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:a@[12345::1] SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:a@[1::2::3] SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS sip:a%4@b SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS tel:+abc SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS tel:.- SIP/2.0', 'REQUEST_URI'],
    ['OPTIONS bob SIP/2.0', 'REQUEST_URI'],
  ])('refused: %j', (line, code) => {
    expect(fault(options([], line))).toBe(code);
  });

  it.each([
    'sip:b',
    'sip:b.',
    'SIPS:%61@B:0',
    'sip:a:b:c@[2001:db8::9:255.255.255.255]:65535;lr?x=y&z=',
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    'sip:1;phone-context=+44@h',
    'tel:+1-(201).555-0123;ext=7',
    'tel:*#06#;phone-context=example.com',
    'urn:service:sos.fire',
    'x-1+2.3:whatever',
  ])('taken: %s', (uri) => {
    expect(fault(options([], `OPTIONS ${uri} SIP/2.0`))).toBeUndefined();
  });

  it('come behind keep-alives, each of which may be cut', () => {
    for (const blank of ['\r\n', '\r\n\r\n', '\r\n\r\n\r\n', '\n'])
      expect(read(Buffer.concat([Buffer.from(blank), options()])).lineCount).toBe(6);
    for (const blank of ['', '\r', '\r\n', '\r\n\r'])
      expect(parseMessage(Buffer.from(blank), { framing: 'stream' })).toEqual({
        ok: false,
        incomplete: true,
        needed: 0,
      });
  });
});

describe('header lines', () => {
  it.each<[string, string, MalformedCode | undefined]>([
    ['a carriage return without line feed', 'Subject: a\rVia: SIP/2.0/UDP evil', 'BARE_CR'],
    ['one behind a fold', 'Subject: a\r\n \rb', 'BARE_CR'],
    ['two at the end of the line', 'Subject: a\r', undefined],
    ['one in a fold', 'Subject: a\r\n b\rc', 'BARE_CR'],
    ['a name with a blank in it', 'Sub ject: a', 'HEADER_LINE'],
    ['a name that is no token', 'Sub(ject: a', 'HEADER_LINE'],
    ['no name', ': a', 'HEADER_LINE'],
    ['no colon', 'Subject', 'HEADER_LINE'],
    ['a name in UTF-8', 'Subj\u00c3\u00a9: a', 'HEADER_LINE'],
    ['no value', 'Subject:', undefined],
    ['a value of blanks and folds', 'Subject:  \r\n \t\r\n ', undefined],
    ['a name of odd characters', "X-.!%*_+`'~: a", undefined],
    ['NUL in a value', 'Subject: a\u0000b', undefined],
    ['UTF-8 and what is not', 'Subject: \u00c3\u00a9 \u00ff\u00fe', undefined],
  ])('%s', (_, line, code) => {
    expect(fault(options([line]))).toBe(code);
  });

  it.each<[string, string[], MalformedCode]>([
    ['From twice', ['From: <sip:a@b>;tag=1', 'f: <sip:a@b>;tag=1'], 'HEADER_REPEATED'],
    ['two addresses in one To', ['To: <sip:a@b>, <sip:c@d>'], 'HEADER_VALUE'],
    ['CSeq twice', ['CSeq: 1 OPTIONS', 'CSeq: 1 OPTIONS'], 'HEADER_REPEATED'],
    ['CSeq of 2^31', ['CSeq: 2147483648 OPTIONS'], 'HEADER_VALUE'],
    ['a negative CSeq', ['CSeq: -1 OPTIONS'], 'HEADER_VALUE'],
    ['CSeq without method', ['CSeq: 1'], 'HEADER_VALUE'],
    ['CSeq without number', ['CSeq: OPTIONS'], 'HEADER_VALUE'],
    ['CSeq with more', ['CSeq: 1 OPTIONS x'], 'HEADER_VALUE'],
    ['Max-Forwards above 255', ['Max-Forwards: 256'], 'HEADER_VALUE'],
    ['a negative Max-Forwards', ['Max-Forwards: -1'], 'HEADER_VALUE'],
    ['an empty Max-Forwards', ['Max-Forwards:'], 'HEADER_VALUE'],
    ['Max-Forwards twice', ['Max-Forwards: 7', 'Max-Forwards: 7'], 'HEADER_REPEATED'],
    ['an empty Call-ID', ['Call-ID:'], 'HEADER_VALUE'],
    ['a Call-ID of two words', ['Call-ID: a b'], 'HEADER_VALUE'],
    ['an empty Via', ['Via:'], 'HEADER_VALUE'],
    ['Via without host', ['Via: SIP/2.0/UDP ;branch=z9hG4bK1'], 'HEADER_VALUE'],
    ['Via with a bad port', ['Via: SIP/2.0/UDP h:99999;branch=z9hG4bK1'], 'HEADER_VALUE'],
    ['Via with an open bracket', ['Via: SIP/2.0/UDP [::1;branch=z9hG4bK1'], 'HEADER_VALUE'],
    ['Via with a quote that never closes', ['Via: SIP/2.0/UDP h;x="a;branch=z9hG4bK1'], 'HEADER_VALUE'],
    ['something behind a quoted value', ['To: <sip:a@b>;x="y"z'], 'HEADER_VALUE'],
    ['empty parameters', ['To: <sip:a@b>;;tag=1'], 'HEADER_VALUE'],
    ['an open bracket', ['To: <sip:a@b'], 'HEADER_VALUE'],
    ['an open quote', ['To: "a <sip:a@b>'], 'HEADER_VALUE'],
    ['an empty Contact', ['Contact:'], 'HEADER_VALUE'],
    ['a Contact between two commas', ['m: <sip:a@b>,,<sip:c@d>'], 'HEADER_VALUE'],
    ['a bare Contact with headers', ['m: sip:a@b?x=y'], 'HEADER_VALUE'],
    ['a bad Route', ['Route: <sip:a b>'], 'HEADER_VALUE'],
  ])('%s', (_, lines, code) => {
    expect(fault(options(lines))).toBe(code);
  });

  it('are found in any case, compact or not, and each form in any order', () => {
    const message = read(options(['V: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b', 'vIA: SIP/2.0/UDP c']));
    expect(message.values('vIa')).toHaveLength(3);
    expect(message.readAll('Via')?.map(({ host }) => host)).toEqual(['a', 'b', 'c']);
  });

  it('keep their octets in a copy, whatever they are', () => {
    const odd = 'Subject: \u00ff\u00fe "\u0000\\\u0001" \u00e9';
    const crlf = options([odd, 'X: a\r\n\tb', 'Y:', 'Z:  c  ']);
    expect(
      buildEditedMessage(read(crlf), {}).equals(
        Buffer.concat([crlf.subarray(0, -2), Buffer.from('Content-Length: 0\r\n\r\n')]),
      ),
    ).toBe(true);
    // Line ends are put right, and nothing else.
    const doubled = buildEditedMessage(read(options(['X: a\r', 'Y: b'], 'OPTIONS sip:b SIP/2.0\r')), {});
    expect(doubled.toString()).toMatch(/^OPTIONS sip:b SIP\/2\.0\r\n[^]*\r\nX: a\r\nY: b\r\nContent-Length/);
    const lf = Buffer.from(options([odd, 'Y:']).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    const copy = buildEditedMessage(read(lf), {}).toString('latin1');
    expect(copy).toContain(`\r\n${odd}\r\nY:\r\nContent-Length: 0\r\n\r\n`);
  });
});

describe('Content-Length', () => {
  const body = (lines: string[], text: string): Buffer => Buffer.concat([options(lines), Buffer.from(text)]);
  it.each<[string, string[], MalformedCode | undefined]>([
    ['negative', ['Content-Length: -1'], 'CONTENT_LENGTH'],
    ['signed', ['Content-Length: +1'], 'CONTENT_LENGTH'],
    ['hexadecimal', ['Content-Length: 0x1'], 'CONTENT_LENGTH'],
    ['empty', ['Content-Length:'], 'CONTENT_LENGTH'],
    ['a list', ['Content-Length: 1, 1'], 'CONTENT_LENGTH'],
    ['beyond 2^31', ['Content-Length: 2147483648'], 'CONTENT_LENGTH'],
    ['beyond 2^64', ['Content-Length: 18446744073709551617'], 'CONTENT_LENGTH'],
    ['twice', ['Content-Length: 1', 'l: 1'], 'CONTENT_LENGTH'],
    ['twice, differing', ['Content-Length: 1', 'Content-Length: 2'], 'CONTENT_LENGTH'],
  ])('%s is refused on every transport', (_, lines, code) => {
    expect(fault(body(lines, 'ab'))).toBe(code);
    expect(fault(body(lines, 'ab'), { framing: 'stream' })).toBe(code);
  });

  it('absent is the datagram\u2019s end; on a stream no body, and an error where its type says that there is one (§18.3)', () => {
    expect(read(body([], 'ab')).bodyText).toBe('ab');
    expect(fault(body(['Content-Type: text/plain'], 'ab'), { framing: 'stream' })).toBe('CONTENT_LENGTH_MISSING');
    const alone = body([], '');
    expect(parseMessage(Buffer.concat([alone, alone]), { framing: 'stream' })).toMatchObject({
      ok: true,
      length: alone.length,
    });
  });

  it('too large is an error of a datagram, and not yet one of a stream; too small cuts', () => {
    expect(fault(body(['l: 3'], 'ab'))).toBe('BODY_SHORT');
    const input = body(['l: 3'], 'ab');
    expect(parseMessage(input, { framing: 'stream' })).toEqual({
      ok: false,
      incomplete: true,
      needed: input.length + 1,
    });
    expect(read(body(['l: 1'], 'ab')).bodyText).toBe('a');
    expect(fault(body(['l: 2000000000'], 'ab'), { framing: 'stream' })).toBe('BODY_TOO_LARGE');
  });
});

describe('a stream cut at every octet', () => {
  it.each([
    options(['Content-Length:\r\n 4', 'Subject:\r\n\tx']),
    options(['l: 4', 'To: "\u00c3\u00a9" <sip:a@b>'], 'SIP/2.0 200 OK'),
    options(['l: 4'], 'X-1 tel:+1 sip/2.0'),
  ])('is never malformed, and whole at its end', (head) => {
    const input = Buffer.concat([Buffer.from('\r\n\r\n'), head, Buffer.from('body')]);
    for (let length = 0; length < input.length; length++) {
      const result = parseMessage(input.subarray(0, length), { framing: 'stream' });
      if (result.ok || !('incomplete' in result)) throw new Error(`${length}: ${JSON.stringify(result)}`);
    }
    const result = parseMessage(Buffer.concat([input, input]), { framing: 'stream' });
    expect(result).toMatchObject({ ok: true, length: input.length });
  });
});

describe('what is built', () => {
  it('carries no line break that came in a name, value, URI or method', () => {
    const built = buildRequest({
      method: 'X\r\nA: 1',
      uri: 'sip:a\r\nB: 2',
      headers: [
        ['C\r\nD', 'e\r\nF: 3\rG'],
        ['H', '\n\r\n\r\nbody'],
      ],
    });
    expect(built.toString()).toBe(
      'X A: 1 sip:a B: 2 SIP/2.0\r\nC D: e F: 3 G\r\nH:  body\r\nContent-Length: 0\r\n\r\n',
    );
    const copy = buildEditedMessage(read(options()), {
      uri: 'sip:a\r\nB: 2',
      first: [['X\r\nY', 'a\r\nZ: b']],
      set: [['Sub\nject', ['a\rb']]],
      last: [['X\r\nY', 'a\r\nZ: b']],
    }).toString();
    expect(copy).toMatch(/^OPTIONS sip:a B: 2 SIP\/2\.0\r\nX Y: a Z: b\r\n/);
    expect(copy).toContain('\r\nSub ject: a b\r\n');
    expect(copy.match(/\r\n/g)).toHaveLength(12);
  });
});
