import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../limits.js';
import { systemRandom } from '../random.js';
import { MemorySocket } from '../testing/memory-socket.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { Connection } from './connection.js';
import type { TransportContext } from './network.js';
import { attachStream } from './stream-wire.js';

interface Wired {
  clock: VirtualClock;
  connection: Connection;
  /** What the connection gave upwards: Call-IDs, and codes of what was malformed. */
  told: string[];
  /** Octets that came back. */
  heard: () => string;
  /** The peer writes. */
  write: (text: string) => Promise<void>;
  peer: MemorySocket;
}

/** A connection that came, on a socket of memory. */
function wired(limits: Partial<typeof DEFAULT_LIMITS> = {}): Wired {
  const clock = new VirtualClock();
  const told: string[] = [];
  let heard = '';
  const context: TransportContext = {
    clock,
    limits: { ...DEFAULT_LIMITS, ...limits },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    receiver: {
      message: (message) => told.push(message.callId ?? ''),
      malformed: ({ code, request }) => told.push(`${code}${request === undefined ? '' : ' answered'}`),
    },
    bytes: (length) => systemRandom.bytes(length),
    fraction: () => 0,
    mark: () => undefined,
    tls: undefined,
    sent: () => undefined,
  };
  const [socket, peer] = MemorySocket.pair(clock, { delay: () => 1, cut: (bytes) => [bytes] });
  const ends = { localAddress: '10.0.0.1', localPort: 5060, remoteAddress: '10.0.0.2', remotePort: 40_000 };
  const connection = new Connection(ends, context, { protocol: 'tcp', outgoing: false });
  attachStream(socket, connection, context);
  peer.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  peer.on('error', () => undefined);
  return {
    clock,
    connection,
    told,
    peer,
    heard: () => heard,
    write: async (text) => {
      peer.write(text);
      await clock.advance(2);
    },
  };
}

function message(
  callId: string,
  more: { lines?: string[]; start?: string; body?: string; length?: number } = {},
): string {
  const { lines = [], start = 'OPTIONS sip:a SIP/2.0', body = '' } = more;
  return [
    start,
    'Via: SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1',
    ...lines,
    `Call-ID: ${callId}`,
    `Content-Length: ${more.length ?? body.length}`,
    '',
    body,
  ].join('\r\n');
}

describe('a busy connection', () => {
  it('whose chunks all end within a message is not taken for one that never finishes', async () => {
    const { clock, connection, told, write } = wired();
    const half = Math.floor(message('0').length / 2);
    await write(message('0').slice(0, half));
    for (let at = 0; at < 60; at++) {
      await clock.advance(500);
      await write(message(String(at)).slice(half) + message(String(at + 1)).slice(0, half));
    }
    expect(told).toHaveLength(60);
    expect(connection.open).toBe(true);
    // One that is begun and left alone is shed.
    await clock.advance(DEFAULT_LIMITS.slowMessageMilliseconds + 600);
    expect(connection.open).toBe(false);
  });

  it('that drips one message without end is shed after its time', async () => {
    const { clock, connection, write } = wired();
    await write('OPTIONS sip:a SIP/2.0\r\n');
    for (let at = 0; at < 12; at++) {
      await clock.advance(1000);
      if (connection.open) await write('X: y\r\n');
    }
    expect(connection.open).toBe(false);
  });
});

describe('a malformed message on a stream', () => {
  it.each([
    ['a header line without a name', message('bad', { lines: ['no colon here'] }), 'HEADER_LINE answered'],
    ['a start line of something else', message('bad', { start: 'what is this' }), 'START_LINE'],
    [
      'a bad line, and a body that comes later',
      message('bad', { lines: ['@@@'], body: 'x'.repeat(3000) }),
      'HEADER_LINE answered',
    ],
  ])('with %s is stepped over, and the next one taken: others share the connection', async (_what, bad, code) => {
    const { connection, told, write } = wired();
    await write(message('first') + bad.slice(0, 200));
    await write(bad.slice(200) + message('good'));
    expect(told).toEqual(['first', code, 'good']);
    expect(connection.open).toBe(true);
  });

  it.each([
    ['no length', message('bad', { lines: ['@@@'] }).replace(/Content-Length: \d+\r\n/, '')],
    ['two lengths', message('bad', { lines: ['@@@', 'l: 7'] })],
    ['a length beyond the limit', message('bad', { lines: ['@@@'], length: 100_000_000 })],
    ['no end of its head', `@@@ SIP\r\n${'x'.repeat(70_000)}`],
  ])('with %s leaves no way to go on: the connection is closed', async (_what, bad) => {
    const { connection, told, write } = wired();
    await write(message('first') + bad + message('good'));
    expect(told).toHaveLength(2);
    expect(connection.open).toBe(false);
  });

  it('of who has sent nothing else closes the connection: a browser may be made to speak like that', async () => {
    const { connection, told, write } = wired();
    await write(`POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody${message('good')}`);
    expect(told).toEqual(['START_LINE']);
    expect(connection.open).toBe(false);
  });
});

describe('a message whose lines end in LF alone', () => {
  const bare = (text: string): string => text.replaceAll('\r\n', '\n');

  it('is taken, wherever the stream is cut', async () => {
    const text = bare(message('one', { body: 'abc\n\nd' })) + bare(message('two'));
    for (let cut = 1; cut < text.length; cut++) {
      const { told, connection, write } = wired();
      await write(text.slice(0, cut));
      await write(text.slice(cut));
      expect(told, `cut at ${cut}`).toEqual(['one', 'two']);
      expect(connection.open).toBe(true);
    }
  });

  it('is taken among others, with empty lines between them', async () => {
    const { told, write, clock, connection } = wired();
    await write(`${message('one')}\n${bare(message('two'))}\n\n`);
    await write(`${message('three')}\r\n${bare(message('four'))}`);
    expect(told).toEqual(['one', 'two', 'three', 'four']);
    // Nothing is waited for.
    await clock.advance(DEFAULT_LIMITS.slowMessageMilliseconds * 2);
    expect(connection.open).toBe(true);
  });

  it('is stepped over where it is malformed', async () => {
    const { told, write } = wired();
    await write(message('one') + bare(message('bad', { lines: ['@@@'], body: 'xyz' })) + bare(message('two')));
    expect(told).toEqual(['one', 'HEADER_LINE answered', 'two']);
  });
});

describe('what others would take for the same message is no boundary', () => {
  const stranger = message('smuggled', { start: 'INVITE sip:00900@pbx SIP/2.0' });
  const withoutLength = (text: string): string => text.replace(/Content-Length: \d+\r\n/, '');
  const cut = (text: string, at: string, end: string): string => text.replace(at, end);
  const whole = message('one', { lines: ['Subject: hi'] });

  it.each([
    ['an empty line of LF alone within a value', cut(withoutLength(whole), 'hi\r\n', 'hi\n\n'), 'LINE_ENDS answered'],
    [
      'the same with a length before it',
      cut(message('one').replace(/\r\n$/, ''), 'Length: 0\r\n', 'Length: 0\r\nSubject: hi\n\n'),
      'LINE_ENDS answered',
    ],
    ['LF behind CR LF', cut(withoutLength(whole), 'hi\r\n', 'hi\r\n\n'), 'LINE_ENDS answered'],
    ['CR LF behind LF', cut(withoutLength(whole), 'hi\r\n', 'hi\n\r\n'), 'LINE_ENDS answered'],
    ['a fold of LF alone', cut(whole, 'hi\r\n', 'hi\n there\r\n'), 'LINE_ENDS answered'],
    ['CR CR LF', cut(whole, 'hi\r\n', 'hi\r\r\n'), 'LINE_ENDS answered'],
    [
      'LF alone throughout, and no length',
      withoutLength(whole).replaceAll('\r\n', '\n'),
      'CONTENT_LENGTH_MISSING answered',
    ],
    ['the start line in LF alone', cut(whole, 'SIP/2.0\r\n', 'SIP/2.0\n'), 'LINE_ENDS answered'],
    [
      'a MESSAGE without length and type',
      withoutLength(message('one', { start: 'MESSAGE sip:a SIP/2.0' })),
      'CONTENT_LENGTH_MISSING answered',
    ],
    [
      'a 486 without length',
      withoutLength(message('one', { start: 'SIP/2.0 486 Busy', lines: ['CSeq: 1 INVITE'] })),
      'CONTENT_LENGTH_MISSING',
    ],
    [
      'a line without a name before the bare one',
      cut(message('one', { lines: ['@@@'] }).replace(/\r\n$/, ''), 'Length: 0\r\n', 'Length: 0\r\nSubject: hi\n\n'),
      'HEADER_LINE answered',
    ],
    [
      'no start line before the bare one',
      cut(
        message('one', { start: 'what is this' }).replace(/\r\n$/, ''),
        'Length: 0\r\n',
        'Length: 0\r\nSubject: hi\n\n',
      ),
      'START_LINE',
    ],
  ])('%s: it is refused, and the connection closed', async (_what, first, code) => {
    for (const together of [true, false]) {
      const { told, connection, write } = wired();
      await write(message('before'));
      if (together) await write(first + stranger);
      else {
        await write(first);
        await write(stranger);
      }
      expect(told).toEqual(['before', code]);
      expect(connection.open).toBe(false);
    }
  });
});

describe('a message without Content-Length', () => {
  const without = (text: string): string => text.replace(/Content-Length: \d+\r\n/, '');

  it('and without Content-Type has no body: the next one follows', async () => {
    const { told, write } = wired();
    await write(without(message('one')) + without(message('two')));
    expect(told).toEqual(['one', 'two']);
  });

  it('that has a type is answered, and the connection closed: nobody can tell where it ends (RFC 3261 §18.3)', async () => {
    const { told, write, connection } = wired();
    await write(without(message('one', { lines: ['Content-Type: text/plain'], body: 'hello' })));
    expect(told).toEqual(['CONTENT_LENGTH_MISSING answered']);
    expect(connection.open).toBe(false);
  });
});

it('a malformed message of many blanks costs no more than its length', async () => {
  const { told, write } = wired();
  await write(message('first'));
  const began = process.cpuUsage();
  await write(message('bad', { lines: ['@@@', `X: y\r\nl: a${' '.repeat(60_000)}b`] }));
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(500);
  expect(told).toEqual(['first', 'HEADER_LINE answered']);
});

describe('pings (RFC 5626 §3.5.1)', () => {
  it('are answered one for one', async () => {
    const { heard, write } = wired();
    await write('\r\n\r\n\r\n\r\n');
    await write('\r\n');
    await write('\r\n\r\n');
    expect(heard()).toBe('\r\n\r\n\r\n');
  });
});
