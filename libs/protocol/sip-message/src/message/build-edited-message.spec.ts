import { describe, expect, it } from 'vitest';
import { buildEditedMessage } from './build-edited-message.js';
import type { MessageEdits } from './build-edited-message.js';
import { OwnVia } from './own-via.js';
import { parseMessage } from './parse-message.js';
import type { SipMessage } from './sip-message.js';

const INVITE = [
  'INVITE sip:bob@b.example SIP/2.0',
  'v: SIP/2.0/UDP a.example;branch=z9hG4bK1, SIP/2.0/UDP c.example;branch=z9hG4bK0',
  'Max-Forwards: 70',
  'f: "Jäsøn" <sip:a@a.example>;tag=1',
  'X-Own: one,',
  '  two',
  'route: <sip:p1;lr>, <sip:p2;lr>',
  'Route: <sip:p3;lr>',
  'Content-Length: 4',
];

function message(text: string): SipMessage {
  const result = parseMessage(Buffer.from(text));
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.message;
}

const whole = (lines: string[], body = 'body'): string => `${lines.join('\r\n')}\r\n\r\n${body}`;

/** As octets: those above 127 stay alone. */
const octets = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('a message that goes on', () => {
  const request = message(whole(INVITE));

  it('is copied octet by octet where nothing changes', () => {
    expect(buildEditedMessage(request, {}).toString()).toBe(whole(INVITE));
  });

  it('gets lines in front and behind, other values and another URI', () => {
    const copy = buildEditedMessage(request, {
      uri: 'sip:böb@d.example',
      first: [['Via', 'SIP/2.0/UDP p;branch=z9hG4bK2']],
      set: [
        ['Max-Forwards', ['69']],
        ['X-New', ['1', '2\r\nX-Evil: 3']],
        ['Route', ['<sip:p4;lr>']],
      ],
      last: [['X-Last', 'é']],
    });
    expect(copy.toString()).toBe(
      whole([
        'INVITE sip:böb@d.example SIP/2.0',
        'Via: SIP/2.0/UDP p;branch=z9hG4bK2',
        'Max-Forwards: 69',
        'X-New: 1',
        'X-New: 2 X-Evil: 3',
        'Route: <sip:p4;lr>',
        ...INVITE.filter((line) => !/^(?:INVITE|Max-Forwards|route)/i.test(line)),
        'X-Last: é',
      ]),
    );
  });

  it('loses the first value of a header, with the line where it was the only one', () => {
    const once = message(buildEditedMessage(request, { dropFirst: ['Via', 'Route'] }).toString());
    expect(once.values('Via')).toEqual(['SIP/2.0/UDP c.example;branch=z9hG4bK0']);
    expect(once.values('Route')).toEqual(['<sip:p2;lr>', '<sip:p3;lr>']);
    const twice = message(buildEditedMessage(once, { dropFirst: ['Via', 'Route', 'X-None'] }).toString());
    expect(twice.has('Via')).toBe(false);
    expect(twice.values('Route')).toEqual(['<sip:p3;lr>']);
  });

  it('loses a header whole', () => {
    const copy = message(
      buildEditedMessage(request, {
        set: [
          ['x-own', []],
          ['Route', []],
        ],
      }).toString(),
    );
    expect([copy.has('X-Own'), copy.has('Route'), copy.bodyText]).toEqual([false, false, 'body']);
  });

  it.each([
    ['MAX-FORWARDS:  70', 69, ['To: <sip:b>', 'MAX-FORWARDS:  69']],
    ['Max-Forwards: 11', 10, ['To: <sip:b>', 'Max-Forwards: 10']],
    ['Max-Forwards: 10', 9, ['Max-Forwards: 9', 'To: <sip:b>']],
    ['Max-Forwards: 100', 99, ['Max-Forwards: 99', 'To: <sip:b>']],
    ['Max-Forwards: 7', 70, ['Max-Forwards: 70', 'To: <sip:b>']],
  ])('may go so many hops more: %s', (line, maxForwards, expected) => {
    const [start, length] = ['OPTIONS sip:b SIP/2.0', 'Content-Length: 4'];
    const lines = [start, 'To: <sip:b>', line, length];
    const copy = buildEditedMessage(message(whole(lines)), { first: [['Via', 'SIP/2.0/UDP p']], maxForwards });
    expect(copy.toString()).toBe(whole([start, 'Via: SIP/2.0/UDP p', ...expected, length]));
    const without = buildEditedMessage(message(whole(lines.filter((each) => each !== line))), { maxForwards });
    expect(message(without.toString()).header('Max-Forwards')).toBe(String(maxForwards));
  });

  it('is put right where its line ends or its length are missing', () => {
    const sloppy = message('SIP/2.0 200 OK\nX-Own: a\n b\nTo: <sip:a>\n\nbody');
    expect(buildEditedMessage(sloppy, { last: [['A', 'b']] }).toString()).toBe(
      'SIP/2.0 200 OK\r\nX-Own: a b\r\nTo: <sip:a>\r\nA: b\r\nContent-Length: 4\r\n\r\nbody',
    );
    const broken = parseMessage(
      Buffer.concat([Buffer.from('SIP/2.0 200 OK\nX: '), Buffer.alloc(90, 0xff), Buffer.from('\n\n')]),
    );
    if (!broken.ok) throw new Error('Not read');
    expect(buildEditedMessage(broken.message, {}).toString()).toContain(
      `${'\ufffd'.repeat(90)}\r\nContent-Length: 0\r\n\r\n`,
    );
  });
});

/** Octets that lie behind others cannot be written in one piece. */
const inPieces = (original: SipMessage, edits: MessageEdits): string =>
  buildEditedMessage(original, { ...edits, last: [] }).toString();

describe('a Via whose beginning recurs', () => {
  const own = new OwnVia('SIP/2.0/UDP p.example:5060;branch=', 'Max-Breadth: 60\r\n');

  it.each<[string, string]>([
    ['plain', 'z9hG4bK1'],
    ['empty', ''],
    ['of two lines', 'z9hG4bK\r\nEvil: 1'],
    ['no ASCII', 'z9hG4bKé'],
    ['long', 'z9hG4bK-long-'.repeat(400)],
  ])('is written as any other line in front: a branch that is %s', (_, branch) => {
    for (const text of [whole(INVITE), whole(INVITE.slice(0, -1)), whole(['SIP/2.0 200 OK', 'l: 4'])]) {
      const original = message(text);
      const first = [
        ['Via', `SIP/2.0/UDP p.example:5060;branch=${branch}`],
        ['Max-Breadth', '60'],
      ] as const;
      const edits = { via: { own, branch }, maxForwards: 69 };
      const expected = buildEditedMessage(original, { first, maxForwards: 69 }).toString();
      expect(buildEditedMessage(original, edits).toString()).toBe(expected);
      expect(inPieces(original, edits)).toBe(expected);
    }
  });

  it('begins no line of its own', () => {
    expect(() => new OwnVia('SIP/2.0/UDP a\r\nVia: b')).toThrow(TypeError);
  });
});

describe('a message whose front alone changes', () => {
  const lines = ['OPTIONS sip:bob@b.example SIP/2.0', 'Via: SIP/2.0/UDP a;branch=z9hG4bK1', 'Max-Forwards: 70', 'l: 4'];
  const original = message(whole([...lines.slice(0, 2), 'Via: SIP/2.0/UDP z', ...lines.slice(2)]));
  const via = { own: new OwnVia('SIP/2.0/UDP p;branch='), branch: 'z9hG4bK2' };

  // Fronts longer than what they stand for, as long, and shorter, each with a start line that stays or does not.
  it.each<[string, MessageEdits]>([
    ['another URI', { uri: 'sip:carol@a-longer-name.example' }],
    ['a shorter URI', { uri: 'sip:b' }],
    ['a URI that is no ASCII', { uri: 'sip:böb@b.example', via }],
    ['a marked Via', { topVia: 'SIP/2.0/UDP a;branch=z9hG4bK1;rport=5060;received=192.0.2.1', via, maxForwards: 69 }],
    ['a Via marked by eight octets', { topVia: 'SIP/2.0/UDP a;branch=z9hG4bK1;rport=1', maxForwards: 69 }],
    ['a Via marked by three octets', { topVia: 'SIP/2.0/UDP a;branch=z9hG4bK1;rp', maxForwards: 69 }],
    ['a Via as long as it was', { topVia: 'SIP/2.0/UDP a;branch=z9hG4bK0' }],
    ['a Via that is shorter', { topVia: 'SIP/2.0/UDP a' }],
    ['a Via less', { dropFirst: ['Via'], maxForwards: 69 }],
    ['a Via less, and all else new', { dropFirst: ['Via'], uri: 'sip:c', via, first: [['X', 'y'.repeat(3000)]] }],
  ])('is the same in one piece as in several: %s', (_, edits) => {
    const copies = [buildEditedMessage(original, edits), buildEditedMessage(original, edits)];
    const expected = inPieces(original, edits);
    // The second one has not touched the first.
    expect(copies.map((copy) => copy.toString())).toEqual([expected, expected]);
    expect(expected.endsWith('\r\n\r\nbody')).toBe(true);
    expect(message(expected).header('Max-Forwards')).toBe(String(edits.maxForwards ?? 70));
  });
});

it.each(['OPTIONS  sip:%@b SIP/2.0', 'OPTIONS sip:%@b sip/2.0', 'sip/2.0 200 %'])(
  'an odd start line (%s) of octets that are no UTF-8 has room for what stands in their place',
  (start) => {
    // Three octets for each are more than the memory that messages share.
    const odd = parseMessage(
      octets(`${start.replace('%', '\u00e9'.repeat(24_000))}\r\nTo: <sip:b>\r\nl: 4\r\n\r\nbody`),
    );
    if (!odd.ok) throw new Error(JSON.stringify(odd));
    const copy = buildEditedMessage(odd.message, {}).toString();
    expect(copy).toContain('\ufffd'.repeat(24_000));
    expect(copy).toMatch(/\r\nTo: <sip:b>\r\nl: 4\r\n\r\nbody$/);
  },
);

it('names that look alike at both ends are told apart', () => {
  const long = `v${'x'.repeat(253)}v`;
  const odd = message(whole(['OPTIONS sip:b SIP/2.0', `${long}: 1`, 'Vxa: 2', 'T_: 3', 'v: 4', 'Tx: 5'], ''));
  expect([odd.header('Via'), odd.header('To'), odd.header(long), odd.header('vXA'), odd.header('tX')]).toEqual([
    '4',
    undefined,
    '1',
    '2',
    '5',
  ]);
});

it('tags are found in every form of an address', () => {
  const tags = (from: string): string | undefined =>
    message(whole(['OPTIONS sip:b SIP/2.0', `From: ${from}`], '')).fromTag;
  expect(tags('"x>;tag=no" <sip:a@b>;tag=1')).toBe('1');
  expect(tags('"x>;tag=no" <sip:a@b>')).toBeUndefined();
  expect(tags('<sip:a@b;tag=no>;x=y;TAG=2;z')).toBe('2');
  expect(tags('<sip:a@b>;x=">;tag=no"; tag = 3')).toBe('3');
  expect(tags('sip:a@b;tag=4')).toBe('4');
  expect(tags('<sip:a@b>;tagx=5;tag')).toBeUndefined();
  expect(tags('<sip:a@b>;tag=')).toBeUndefined();
  expect(tags('<sip:a@b>;tagx=5')).toBeUndefined();
  expect(tags('<sip:a@b>;x;tag = 6')).toBe('6');
});
