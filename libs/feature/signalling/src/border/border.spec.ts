import type { Flow, TappedMessage } from '@carillon/sip-stack';
import { ManualClock, Metrics, silentLogger } from '@carillon/service-runtime';
import { parseMessage } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { Border } from './border.js';
import { BorderFigures } from './border-figures.js';
import { KnownSources } from './known-sources.js';
import { SourceBook } from './source-book.js';
import { SourceList } from '../trunks/source-list.js';

const TRUNK_NETWORK = '198.51.100.0/24';

function bench() {
  const clock = new ManualClock(1_000_000);
  const book = new SourceBook();
  const known = new KnownSources();
  const banned: string[] = [];
  const services = {
    clock,
    logger: silentLogger(),
    figures: new BorderFigures(new Metrics(), () => 1),
    banned: (source: string) => void banned.push(source),
  };
  const border = new Border(book, known, services);
  const trunks = new SourceList([TRUNK_NETWORK]);
  border.trustPeers((address) => trunks.has(address));
  return { border, book, known, banned, clock };
}

const flow = (address: string, protocol: Flow['protocol'] = 'udp', port = 5060) =>
  ({ remoteAddress: address, remotePort: port, protocol }) as Flow;
const arrival = (address: string, openFromAddress = 0, open = 0) => ({
  ...{ address, port: 40_000, openFromAddress, open, most: 1_000 },
});

/** Our own answer to somebody, as the border sees it. */
function answer(to: Flow, status: number, method = 'REGISTER'): TappedMessage {
  const bytes = Buffer.from(
    [
      `SIP/2.0 ${status} X`,
      'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
      'From: <sip:a@a.test>;tag=1',
      'To: <sip:a@a.test>;tag=2',
      'Call-ID: 1',
      `CSeq: 1 ${method}`,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
  const parsed = parseMessage(bytes, { framing: 'datagram' });
  return {
    direction: 'out',
    flow: to,
    bytes,
    message: () => (parsed.ok ? parsed.message : undefined),
  };
}

describe('the other side of a trunk', () => {
  it('is never banned for the numbers that it asks for and that do not exist', () => {
    const { border, book, clock } = bench();
    const provider = flow('198.51.100.7');
    for (let i = 0; i < 500; i += 1) border.see(answer(provider, i % 2 === 0 ? 404 : 403, 'INVITE'));
    expect(book.list(clock.now())).toEqual([]);
    expect(border.admits(provider)).toBe(true);
    const stranger = flow('203.0.113.7');
    for (let i = 0; i < 500; i += 1) border.see(answer(stranger, 404, 'INVITE'));
    expect(border.admits(stranger)).toBe(false);
  });

  it('is let in though it was banned before it became a trunk', () => {
    const { border, book, clock } = bench();
    book.note('198.51.100.8', 'scanner', { domain: null, now: clock.now() });
    expect(border.admits(flow('198.51.100.8'))).toBe(true);
    expect(border.admitsConnection(arrival('198.51.100.8', 900, 990))).toBe(true);
  });

  it('may send far more than a stranger', () => {
    const { border } = bench();
    const count = (address: string) =>
      Array.from({ length: 2_000 }, () => border.admits(flow(address))).filter(Boolean).length;
    expect(count('198.51.100.9')).toBe(2_000);
    expect(count('203.0.113.9')).toBe(400);
  });
});

describe('an address that an operator vouches for', () => {
  const vouched = () => {
    const made = bench();
    const safe = new SourceList(['203.0.113.64/26', '2001:db8:7::/48']);
    made.known.trustNetworks((address) => safe.has(address));
    return made;
  };

  it.each(['203.0.113.70', '2001:db8:7:1::9'])('%s is never banned, whatever it does', (address) => {
    const { border, book, clock } = vouched();
    const monitor = flow(address, 'tcp');
    for (let i = 0; i < 500; i += 1) border.see(answer(monitor, i % 2 === 0 ? 404 : 403, 'INVITE'));
    for (let i = 0; i < 500; i += 1) border.seeMalformed(monitor);
    expect(book.list(clock.now())).toEqual([]);
    expect(Array.from({ length: 2_000 }, () => border.admits(monitor)).every(Boolean)).toBe(true);
    expect(border.admitsConnection(arrival(address, 900, 990))).toBe(true);
  });

  it('leaves its neighbours strangers, of its own /64 as well', () => {
    const { border, known } = vouched();
    known.trustNetworks((address) => address === '2001:db8:8::1');
    for (const address of ['203.0.113.128', '2001:db8:8::2']) {
      for (let i = 0; i < 50; i += 1) border.see(answer(flow(address), 403));
      expect(border.admits(flow(address))).toBe(false);
    }
    expect(border.admits(flow('2001:db8:8::1'))).toBe(true);
  });
});

describe('connections', () => {
  it('of who is banned are closed, and refused from then on, until the ban is over', () => {
    const { border, banned, clock } = bench();
    const guesser = flow('203.0.113.1', 'tcp');
    for (let i = 0; i < 20; i += 1) border.see(answer(guesser, 403));
    expect(banned).toEqual(['203.0.113.1']);
    expect(border.admitsConnection(arrival('203.0.113.1'))).toBe(false);
    expect(border.admits(guesser)).toBe(false);
    expect(banned).toEqual(['203.0.113.1', '203.0.113.1']);
    clock.advance(601_000);
    expect(border.admitsConnection(arrival('203.0.113.1'))).toBe(true);
  });

  it('of one stranger are bounded, and strangers together never take the places of who is known', () => {
    const { border, known, clock } = bench();
    known.addDevice({ address: '203.0.113.2', port: 5060 }, clock.now());
    expect(border.admitsConnection(arrival('203.0.113.3', 249, 300))).toBe(true);
    expect(border.admitsConnection(arrival('203.0.113.3', 250, 300))).toBe(false);
    expect(border.admitsConnection(arrival('203.0.113.3', 0, 750))).toBe(false);
    expect(border.admitsConnection(arrival('203.0.113.2', 250, 750))).toBe(true);
  });
});

it.each(['REGISTER', 'INVITE', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH'])(
  'wrong passwords count whatever they are tried with: %s',
  (method) => {
    const { border, book, clock } = bench();
    const guesser = flow('203.0.113.4');
    for (let i = 0; i < 20; i += 1) border.see(answer(guesser, 403, method));
    expect(book.list(clock.now())).toMatchObject([{ source: '203.0.113.4', reason: 'wrong-credentials' }]);
  },
);

describe('strangers with IPv6', () => {
  const at = (host: number, network = 2) => flow(`2001:db8:1:${network}::${host.toString(16)}`, 'udp', 5060);

  it('are counted and banned by their /64, however many addresses they use', () => {
    const { border, book, clock } = bench();
    for (let i = 1; i < 500; i += 1) border.see(answer(at(i), 403));
    expect(book.list(clock.now()).map(({ source }) => source)).toEqual(['2001:db8:1:2::/64']);
    expect(border.admits(at(0x999))).toBe(false);
    expect(border.admitsConnection(arrival('2001:db8:1:2::77'))).toBe(false);
    expect(border.admits(at(1, 3))).toBe(true);
    const lift = { at: clock.now(), byUserId: '' as never, byName: '', organisationId: '' as never };
    expect(book.lift('2001:db8:1:2::/64', lift)).toBe(true);
    expect(border.admits(at(0x999))).toBe(true);
  });

  it('share one rate', () => {
    const { border } = bench();
    const admitted = Array.from({ length: 1_000 }, (_, i) => border.admits(at(i + 1))).filter(Boolean);
    expect(admitted).toHaveLength(400);
  });

  it('do no harm to a device or a trunk in the same network', () => {
    const { border, known, clock } = bench();
    border.see(answer(at(5), 200));
    border.trustPeers((address) => address === '2001:db8:1:2::6');
    for (let i = 0x10; i < 0x300; i += 1) border.see(answer(at(i), 403));
    expect(border.admits(at(0x10))).toBe(false);
    expect(border.admits(at(5))).toBe(true);
    expect(border.admits(at(6))).toBe(true);
    expect(border.admitsConnection(arrival('2001:db8:1:2::5', 300))).toBe(true);
    expect(known.keyOf({ address: '2001:db8:1:2::5', port: 9 }, clock.now())).toBe('[2001:db8:1:2::5]:9');
  });

  it('where an administrator is are counted by their own address', () => {
    const { border, book, known, clock } = bench();
    known.add('2001:db8:1:2::aa', clock.now());
    for (let i = 0; i < 500; i += 1) border.see(answer(at(0x10), 403));
    expect(book.list(clock.now()).map(({ source }) => source)).toEqual(['2001:db8:1:2::10']);
    expect(border.admits(at(0x11))).toBe(true);
  });

  it('that are IPv4 inside are counted as IPv4', () => {
    const { border, book, clock } = bench();
    for (let i = 0; i < 500; i += 1) border.see(answer(flow('::ffff:203.0.113.7'), 403));
    expect(book.list(clock.now()).map(({ source }) => source)).toEqual(['203.0.113.7']);
    expect(border.admits(flow('203.0.113.7'))).toBe(false);
  });
});
