import { describe, expect, it } from 'vitest';
import { buildRequest, buildResponse } from './build-message.js';
import { checkMandatoryHeaders } from './check-mandatory-headers.js';
import { parseMessage } from './parse-message.js';
import type { ParseResult } from './parse-result.js';
import type { SipMessage, SipRequest } from './sip-message.js';

const text = (lines: string[], body = ''): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
const HEAD = [
  'OPTIONS sip:bob@b.example SIP/2.0',
  'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
  'f: <sip:a@a.example>;tag=1',
];

function message(result: ParseResult): SipMessage {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.message;
}

function request(result: ParseResult): SipRequest {
  const parsed = message(result);
  if (parsed.kind !== 'request') throw new Error('Not a request');
  return parsed;
}

describe('reading headers', () => {
  it.each([1, 30, 31, 32, 33, 255, 256, 300])('finds a name of its own of %i octets, and no other', (length) => {
    const own = 'x'.repeat(length);
    const parsed = request(parseMessage(text([...HEAD, `${own}y: longer`, `${own.toUpperCase()} : own`])));
    expect(parsed.header(own)).toBe('own');
    expect(parsed.count(own)).toBe(1);
    expect([...parsed.lines()].at(-1)).toEqual([own.toUpperCase(), 'own']);
  });

  it.each([4, 1500, 3000])('cuts values from before and behind %i octets of others', (length) => {
    const pad = `X-Pad: ${'p'.repeat(length)}`;
    const parsed = request(parseMessage(text([...HEAD, 'i: x@y', pad, 'User-Agent: phone/1', 'Server: s/2'])));
    expect(parsed.callId).toBe('x@y');
    expect(parsed.glance('User-Agent')).toBe('phone/1');
    expect(parsed.branch).toBe('z9hG4bK1');
    expect(parsed.glance('Server')).toBe('s/2');
    expect(parsed.glance('X-Pad')).toHaveLength(length);
  });

  it('finds names without case, compact or long, and undoes folds', () => {
    const parsed = request(
      parseMessage(text([...HEAD, 'CALL-id:x@y', 'Subject: one\r\n  two', 'X-Own : 5 ', 's: again'])),
    );
    expect(parsed.header('from')).toBe('<sip:a@a.example>;tag=1');
    expect(parsed.header('i')).toBe('x@y');
    expect(parsed.headers('Subject')).toEqual(['one two', 'again']);
    expect(parsed.header('x-own')).toBe('5');
    expect(parsed.header('Nothing')).toBeUndefined();
    expect([...parsed.lines()].map(([name]) => name)).toEqual(['Via', 'f', 'CALL-id', 'Subject', 'X-Own', 's']);
  });

  it('splits comma lists outside quotes and brackets, over several lines', () => {
    const contacts = ['m: "A, B" <sip:a@x;p=1,2>;q=0.5, sip:b@y', 'Contact: <sip:c@z>;expires=60'];
    const parsed = request(parseMessage(text([...HEAD, ...contacts])));
    expect(parsed.values('Contact')).toEqual(['"A, B" <sip:a@x;p=1,2>;q=0.5', 'sip:b@y', '<sip:c@z>;expires=60']);
    expect(parsed.contacts).toMatchObject([
      { displayName: 'A, B', uri: 'sip:a@x;p=1,2', q: 0.5 },
      { uri: 'sip:b@y', q: 1 },
      { uri: 'sip:c@z', expires: 60 },
    ]);
  });

  it('reads UTF-8 in headers, reason phrases and bodies', () => {
    const parsed = message(parseMessage(text(['SIP/2.0 200 Sí', 'From: "Jäsøn" <sip:j@x>;tag=1'], 'é')));
    expect(parsed.kind === 'response' && parsed.reason).toBe('Sí');
    expect(parsed.from?.displayName).toBe('Jäsøn');
    expect(parsed.bodyText).toBe('é');
  });

  it.each(['  ', '\t', '\r\n  '])('accepts %j in front of a request and a response', (blanks) => {
    const asked = request(parseMessage(Buffer.concat([Buffer.from(blanks), text(HEAD, 'body')])));
    expect([asked.method, asked.uriText, asked.fromTag, asked.bodyText]).toEqual([
      'OPTIONS',
      'sip:bob@b.example',
      '1',
      'body',
    ]);
    const answered = message(parseMessage(Buffer.concat([Buffer.from(blanks), text(['SIP/2.0 180 Ringing', 'i: x'])])));
    expect(answered.kind === 'response' && [answered.status, answered.reason, answered.callId]).toEqual([
      180,
      'Ringing',
      'x',
    ]);
  });

  it('accepts bare line feeds and empty lines in front', () => {
    const parsed = request(parseMessage(Buffer.from('\r\n\r\nOPTIONS sip:b SIP/2.0\nTo: <sip:b>\n\nbody')));
    expect(parsed.to?.uri).toBe('sip:b');
    expect(parsed.bodyText).toBe('body');
  });
});

describe('what routing asks for', () => {
  const asked = (via: string, route = ''): SipRequest =>
    request(parseMessage(text(['OPTIONS sip:b SIP/2.0', `Via: ${via}`, ...(route === '' ? [] : [`Route: ${route}`])])));

  it.each([
    ['SIP/2.0/UDP a.example:5070;rport;branch=z9hG4bK1;x=y', 'z9hG4bK1', 'a.example:5070'],
    ['SIP/2.0/UDP a.example;branch=z9hG4bK1, SIP/2.0/TCP b;branch=z9hG4bK2', 'z9hG4bK1', 'a.example'],
    ['SIP/2.0/UDP a.example, SIP/2.0/TCP b;branch=z9hG4bK2', undefined, 'a.example'],
    ['SIP / 2.0 / udp A.Example : 5070 ; BRANCH = z9hG4bK3', 'z9hG4bK3', 'a.example:5070'],
    ['SIP/2.0/UDP [2001:DB8::1]:5070;branch=z9hG4bK4/=', 'z9hG4bK4/=', '[2001:db8::1]:5070'],
    ['SIP/2.0/UDP a;x=";branch=no";branch=z9hG4bK5', 'z9hG4bK5', 'a'],
    ['SIP/2.0/UDP a;branches=no;branch=z9hG4bK6', 'z9hG4bK6', 'a'],
    ['SIP/2.0/UDP a:99999;branch=z9hG4bK7', 'z9hG4bK7', undefined],
    ['SIP/2.0/UDP a\r\n ;x=y\r\n\t;branch=z9hG4bK8', 'z9hG4bK8', 'a'],
    ['SIP/2.0/UDP a;branch=z9hG4bK9\r\n , SIP/2.0/UDP b;branch=no', 'z9hG4bK9', 'a'],
  ])('is the branch and who sent it, of the top Via alone: %s', (via, branch, sentBy) => {
    expect([asked(via).branch, asked(via).sentBy]).toEqual([branch, sentBy]);
  });

  it.each([
    ['<sip:p@proxy.example:5070;lr>, <sip:q>', 'proxy.example', true],
    ['"P, Q" <sips:proxy.example;LR=on>;x=y', 'proxy.example', true],
    ['<sip:[2001:db8::1]>', '2001:db8::1', false],
    ['<tel:+1>', undefined, undefined],
  ])('is the first Route: %s', (route, host, loose) => {
    const top = asked('SIP/2.0/UDP a', route).topRoute;
    expect([top?.sip.host, top?.loose]).toEqual([host, loose]);
  });

  it.each([
    ['sip:alice@a.example;transport=tcp', { user: 'alice', host: 'a.example', port: undefined }],
    ['sips:a.example:5061', { scheme: 'sips', user: undefined, host: 'a.example', port: 5061 }],
    ['sip:al%69ce:pw@A.Example?x=y', { user: 'alice', password: 'pw', host: 'a.example', headers: 'x=y' }],
    ['sip:+1;ext=2@a.example', { user: '+1;ext=2', host: 'a.example' }],
    ['sip:a.example:99999', undefined],
    ['sip:@a.example', undefined],
    ['sip:-a.example', undefined],
  ])('is the Request-URI: %s', (uri, expected) => {
    const { uri: parsed } = request(parseMessage(text([`OPTIONS ${uri} SIP/2.0`])));
    if (expected === undefined) expect(parsed).toBeUndefined();
    else expect(parsed).toMatchObject(expected);
  });
});

describe('framing', () => {
  const whole = text([...HEAD, 'Content-Length: 4'], 'body');

  it('of a datagram cuts what Content-Length does not cover', () => {
    expect(message(parseMessage(Buffer.concat([whole, Buffer.from('more')]))).bodyText).toBe('body');
  });

  it('of a stream says what is missing', () => {
    expect(parseMessage(whole.subarray(0, 30), { framing: 'stream' })).toMatchObject({ incomplete: true, needed: 0 });
    const short = parseMessage(whole.subarray(0, -2), { framing: 'stream' });
    expect(short).toMatchObject({ incomplete: true, needed: whole.length });
    const result = parseMessage(Buffer.concat([whole, whole]), { framing: 'stream' });
    expect(result).toMatchObject({ ok: true, length: whole.length });
  });
});

describe('large input', () => {
  const request = [...HEAD, 'Content-Length: 4'];
  const padded = (length: number): Buffer => text([...request, `X-Pad: ${'p'.repeat(length)}`], 'body');

  it.each([8_000, 8_190, 12_000, 32_000])('a header of %i octets is read whole', (length) => {
    const parsed = message(parseMessage(padded(length)));
    expect([parsed.header('X-Pad')?.length, parsed.fromTag, parsed.bodyText]).toEqual([length, '1', 'body']);
  });

  it('is too large from where the limit is', () => {
    expect(parseMessage(padded(33_000))).toMatchObject({ malformed: 'HEAD_TOO_LARGE' });
    const limits = { maxHeadBytes: 1_000_000, maxHeaders: 9, maxBodyBytes: 10 };
    expect(parseMessage(padded(70_000), { framing: 'stream', limits })).toMatchObject({ malformed: 'HEAD_TOO_LARGE' });
  });

  it('holds many messages, behind empty lines', () => {
    const one = text(request, 'body');
    let rest = Buffer.concat([Buffer.alloc(9_000, '\r\n'), ...Array.from({ length: 100 }, () => one)]);
    let count = 0;
    for (; rest.length > 0; count++) {
      const result = parseMessage(rest, { framing: 'stream' });
      expect([message(result).branch, message(result).bodyText]).toEqual(['z9hG4bK1', 'body']);
      rest = rest.subarray('length' in result ? result.length : 0);
    }
    expect(count).toBe(100);
  });

  it('leaves nothing behind for the next one', () => {
    parseMessage(padded(5_000));
    expect(parseMessage(Buffer.from('OPTIONS sip:b SIP/2.0\r\nA: b'))).toMatchObject({ malformed: 'HEAD_UNFINISHED' });
    expect(parseMessage(Buffer.from('OPTIONS sip:b'))).toMatchObject({ malformed: 'START_LINE' });
    expect(parseMessage(Buffer.from('OPT'))).toMatchObject({ malformed: 'START_LINE' });
  });
});

describe('malformed input', () => {
  const limits = { maxHeadBytes: 1000, maxHeaders: 5, maxBodyBytes: 10 };

  it.each([
    ['no start line', 'hello', 'START_LINE'],
    ['a control character behind the method', 'OPTIONS\u0016sip:b SIP/2.0\r\n\r\n', 'START_LINE'],
    ['a status of four digits', 'SIP/2.0 2000 OK\r\n\r\n', 'STATUS_CODE'],
    ['a header without a name', 'OPTIONS sip:b SIP/2.0\r\n: x\r\n\r\n', 'HEADER_LINE'],
    ['too many headers', `OPTIONS sip:b SIP/2.0\r\n${'A: b\r\n'.repeat(6)}\r\n`, 'TOO_MANY_HEADERS'],
    ['a head that never ends', `OPTIONS sip:b SIP/2.0\r\nA: ${'b'.repeat(2000)}`, 'HEAD_TOO_LARGE'],
    ['an endless start line', 'O'.repeat(2000), 'HEAD_TOO_LARGE'],
    ['an unfinished head', 'OPTIONS sip:b SIP/2.0\r\nA: b', 'HEAD_UNFINISHED'],
    ['a negative Content-Length', 'OPTIONS sip:b SIP/2.0\r\nl: -1\r\n\r\n', 'CONTENT_LENGTH'],
    ['two Content-Lengths', 'OPTIONS sip:b SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\nab', 'CONTENT_LENGTH'],
    ['a body that is cut', 'OPTIONS sip:b SIP/2.0\r\nl: 5\r\n\r\nab', 'BODY_SHORT'],
    ['a body over the limit', 'OPTIONS sip:b SIP/2.0\r\nl: 11\r\n\r\n01234567890', 'BODY_TOO_LARGE'],
  ])('says so: %s', (_, input, code) => {
    expect(parseMessage(Buffer.from(input), { framing: 'datagram', limits })).toMatchObject({ malformed: code });
  });

  it('costs time in proportion to its length', () => {
    const spaces = ' '.repeat(30_000);
    // Processor time: other work on the machine does not count.
    const start = process.cpuUsage();
    for (const value of [
      `a${spaces}b\r\n c`,
      `;${spaces};`.repeat(2),
      `"${'\\"'.repeat(9000)}`,
      `${'<'.repeat(9000)}`,
    ]) {
      for (const name of ['Via', 'From', 'Contact', 'Content-Type', 'CSeq', 'Reason']) {
        const result = parseMessage(text([...HEAD.slice(0, 1), `${name}: ${value}`]));
        if (!result.ok) continue;
        checkMandatoryHeaders(result.message);
        void [result.message.contacts, result.message.reasons, result.message.topVia, result.message.from];
      }
    }
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1500);
  });

  it.each([
    [';tag=1= <sip:c@c.example>;tag=2', 'Bad From'],
    [';tag= <sip:c@c.example>;tag=2', 'Bad From'],
    [';tag=1;x=<sip:c@c.example>;tag=2', 'Bad From'],
    [';x="<sip:c@c.example>";tag=2', undefined],
  ])('a From with %s leaves no doubt which tag counts', (parameters, detail) => {
    const lines = [`From: <sip:a@a.example>${parameters}`, 'To: <sip:b@b>', 'i: 1', 'CSeq: 1 OPTIONS'];
    const parsed = request(parseMessage(text([...HEAD.slice(0, 2), ...lines])));
    expect(checkMandatoryHeaders(parsed)?.detail).toBe(detail);
  });

  it('hands over the request as far as it was understood', () => {
    const result = parseMessage(text([...HEAD, 'Content-Length: 99'], 'x'));
    expect('request' in result && result.request?.topVia?.host).toBe('a.example');
  });

  describe('on a stream', () => {
    const stream = { framing: 'stream' } as const;
    const request = (method: string, ...more: string[]): Buffer =>
      text([`${method} sip:b SIP/2.0`, ...HEAD.slice(1), ...more]);
    const response = (status: number, ...more: string[]): Buffer => text([`SIP/2.0 ${status} x`, ...more]);

    it.each(['ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REFER', 'REGISTER', 'SUBSCRIBE'])(
      '%s may leave Content-Length out where every line ends in CR LF and no header tells of a body',
      (method) => {
        const bytes = request(method);
        expect(parseMessage(Buffer.concat([bytes, bytes]), stream)).toMatchObject({ ok: true, length: bytes.length });
        const bare = Buffer.from(bytes.toString().replaceAll('\r\n', '\n'));
        expect(parseMessage(bare, stream)).toMatchObject({ malformed: 'CONTENT_LENGTH_MISSING' });
        for (const line of [
          'c: text/plain',
          'e: gzip',
          'content-disposition: session',
          'Content-Odd:',
          'MIME-Version: 1.0',
        ])
          expect(parseMessage(request(method, line), stream)).toMatchObject({ malformed: 'CONTENT_LENGTH_MISSING' });
      },
    );

    it.each(['INVITE', 'UPDATE', 'PRACK', 'MESSAGE', 'PUBLISH', 'NOTIFY', 'INFO', 'UNHEARD-OF'])(
      '%s needs one: it may have a body that its head says nothing of',
      (method) => {
        expect(parseMessage(request(method), stream)).toMatchObject({ malformed: 'CONTENT_LENGTH_MISSING' });
        expect(parseMessage(request(method, 'l: 0'), stream)).toMatchObject({ ok: true });
        expect(parseMessage(request(method))).toMatchObject({ ok: true });
      },
    );

    it.each([
      [100, 'CSeq: 1 INVITE', true],
      [180, 'CSeq: 1 INVITE', false],
      [200, 'CSeq: 1 INVITE', false],
      [486, 'CSeq: 1 INVITE', false],
      [200, 'CSeq: 1 UPDATE', false],
      [200, 'CSeq: 1 PRACK', false],
      [200, 'CSeq: 1 OPTIONS', false],
      [200, 'CSeq: 1 UNHEARD-OF', false],
      [200, 'CSeq: 1', false],
      [200, 'X: y', false],
      [200, 'CSeq: 1 NOTIFY', true],
      [202, 'CSeq: 1 MESSAGE', true],
      [401, 'CSeq: 1 REGISTER', true],
    ])('a %i with %s may leave it out: %j', (status, cseq, may) => {
      const expected = may ? { ok: true } : { malformed: 'CONTENT_LENGTH_MISSING' };
      expect(parseMessage(response(status, cseq), stream)).toMatchObject(expected);
      expect(parseMessage(response(status, cseq, 'Content-Type: text/plain'), stream)).toMatchObject({
        malformed: 'CONTENT_LENGTH_MISSING',
      });
      expect(parseMessage(response(status, cseq, 'Content-Length: 0'), stream)).toMatchObject({ ok: true });
    });

    it('lines end in CR LF throughout, or in LF throughout', () => {
      const lines = ['OPTIONS sip:b SIP/2.0', 'To: <sip:b>', 'Subject: a', ' b', 'Content-Length: 0', ''];
      const ended = (ends: readonly string[]): Buffer =>
        Buffer.from(lines.map((line, at) => line + (ends[at] ?? '')).join(''));
      for (const [usual, odd] of [
        ['\r\n', '\n'],
        ['\n', '\r\n'],
        ['\r\n', '\r\r\n'],
      ] as const) {
        const same: string[] = lines.map(() => usual);
        expect(parseMessage(ended(same), stream)).toMatchObject({ ok: true });
        // The empty line cannot end in CR CR LF.
        for (let at = 0; at < lines.length - (odd === '\r\r\n' ? 1 : 0); at++) {
          const mixed = ended(same.with(at, odd));
          expect(parseMessage(mixed, stream), JSON.stringify(mixed.toString())).toMatchObject({
            malformed: 'LINE_ENDS',
            request: { method: 'OPTIONS' },
          });
          // A datagram ends where it ends.
          expect(parseMessage(mixed)).toMatchObject({ ok: true });
        }
      }
    });
  });
});

describe('building', () => {
  it('adds Content-Length in octets', () => {
    const bytes = buildRequest({ method: 'MESSAGE', uri: 'sip:b', headers: [['To', '<sip:b>']], body: 'é' });
    expect(bytes.toString()).toBe('MESSAGE sip:b SIP/2.0\r\nTo: <sip:b>\r\nContent-Length: 2\r\n\r\né');
  });

  it.each(['\r', '\n', '\r\n', '\n\r\n'])(
    'never lets a line break (%j) into a name, a value, a method or a URI',
    (end) => {
      // Letters of several octets and other controls count as what they are.
      for (const beside of ['', 'é', '\t', 'é\u0001'])
        for (const body of [undefined, 'a\r\nb', Buffer.from('a\r\nb')]) {
          const value = `a${end}Via: evil${beside}`;
          const bytes = buildRequest({
            method: `INFO${end}X`,
            uri: `sip:b${end}Y: 1`,
            headers: [
              ['To', beside],
              [`Sub${end}ject`, value],
            ],
            body,
          });
          const lines = bytes
            .toString()
            .split('\r\n\r\n')[0]
            ?.split(/[\r\n]/);
          expect(lines).toEqual([
            'INFO X sip:b Y: 1 SIP/2.0',
            '',
            `To: ${beside}`,
            '',
            `Sub ject: a Via: evil${beside}`,
            '',
            `Content-Length: ${body?.length ?? 0}`,
          ]);
        }
    },
  );

  it('never lets a value smuggle in a header', () => {
    const bytes = buildResponse({ status: 486, reason: 'Busy\r\nX: 1', headers: [['Subject', 'a\r\nVia: evil']] });
    const parsed = message(parseMessage(bytes));
    expect(parsed.header('Subject')).toBe('a Via: evil');
    expect(parsed.has('Via')).toBe(false);
    expect(parsed.has('X')).toBe(false);
  });
});
