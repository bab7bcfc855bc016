import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askNameServers, NamedAddresses } from './named-addresses.js';
import type { PhoneLeg } from './phone-leg.js';

const leg = {} as PhoneLeg;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const NO_SUCH_NAME = null;
const SILENCE = undefined;

/** A name server (RFC 1035 §4). @returns `address:port` */
async function nameServer(answerTo: (name: string) => string | typeof NO_SUCH_NAME | typeof SILENCE): Promise<string> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (query, { port }) => {
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const address = answerTo(nameIn(question));
    if (address === SILENCE) return;
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(address === NO_SUCH_NAME ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(address === NO_SUCH_NAME ? 0 : 1, 6);
    head.writeUInt16BE(0, 10);
    // A pointer to the question, type A, class IN, 60 s, four octets.
    const octets = address === NO_SUCH_NAME ? [] : [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.')];
    socket.send(Buffer.concat([head, question, Buffer.from(octets.map(Number))]), port, '127.0.0.1');
  });
  await new Promise<void>((bound) => {
    socket.bind(0, '127.0.0.1', bound);
  });
  return `127.0.0.1:${socket.address().port}`;
}

/** Labels, each behind its length. */
function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; question[at] !== 0; at += (question[at] ?? 0) + 1)
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)));
  return labels.join('.').toLowerCase();
}

describe('a host that SDP names', () => {
  it('is looked up, and known to that leg from then on', async () => {
    const names = new NamedAddresses(askNameServers({ servers: [await nameServer(() => '192.0.2.7')] }));
    expect(names.knownTo(leg, 'media.example')).toBeUndefined();
    expect(await names.find(leg, 'media.example', 4)).toBe('192.0.2.7');
    expect(names.knownTo(leg, 'media.example')).toBe('192.0.2.7');
    expect(names.knownTo(leg, 'other.example')).toBeUndefined();
    expect(names.knownTo({} as PhoneLeg, 'media.example')).toBeUndefined();
  });

  it('may stand in the tables of this machine', async () => {
    expect(await new NamedAddresses().find(leg, 'localhost', 4)).toBe('127.0.0.1');
  });

  it('that no name server speaks of within a few seconds is unknown', { timeout: 20_000 }, async () => {
    const searched: string[] = [];
    const tables = (name: string) => {
      searched.push(name);
      return Promise.resolve([]);
    };
    const names = new NamedAddresses(askNameServers({ servers: [await nameServer(() => SILENCE)], tables }));
    const began = performance.now();
    expect(await names.find(leg, 'silent.example', 4)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(searched).toEqual([]);
  });

  it.each([
    ['an address with leading zeros', '127.000.000.001'],
    ['numbers', '12345'],
    ['an empty label', 'a..example'],
    ['what is no name', 'a b;c'],
    ['a hyphen in front', '-a.example'],
    ['three hundred letters', `${'a'.repeat(60)}.`.repeat(5)],
  ])('that is %s is asked of nobody', async (_, name) => {
    const asked: string[] = [];
    const names = new NamedAddresses((one) => {
      asked.push(one);
      return Promise.resolve(['192.0.2.1']);
    });
    expect(await names.find(leg, name, 4)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('by many calls at once is asked for once, and every call is told', async () => {
    const asked: string[] = [];
    const server = await nameServer((name) => {
      asked.push(name);
      return '192.0.2.9';
    });
    const names = new NamedAddresses(askNameServers({ servers: [server] }));
    const legs = Array.from({ length: 100 }, () => ({}) as PhoneLeg);
    await Promise.all(legs.map((one, at) => names.find(one, at % 2 === 0 ? 'pbx.example' : 'PBX.example', 4)));
    expect(legs.map((one, at) => names.knownTo(one, at % 2 === 0 ? 'pbx.example' : 'PBX.example'))).toEqual(
      legs.map(() => '192.0.2.9'),
    );
    expect(asked).toEqual(['pbx.example']);
  });

  it('is asked for again once some seconds have passed, and for each family of its own', async () => {
    let [nowMs, asked] = [0, 0];
    const names = new NamedAddresses(
      (_, family) => Promise.resolve(family === 6 ? [] : [`192.0.2.${(asked += 1)}`]),
      () => nowMs,
    );
    expect(await names.find(leg, 'moving.example', 4)).toBe('192.0.2.1');
    expect(await names.find(leg, 'moving.example', 6)).toBeUndefined();
    nowMs = 4999;
    expect(await names.find(leg, 'moving.example', 4)).toBe('192.0.2.1');
    nowMs = 5000;
    expect(await names.find(leg, 'moving.example', 4)).toBe('192.0.2.2');
    // No more are kept than some hundred.
    for (let at = 0; at < 1000; at += 1) await names.find(leg, `h${at}.example`, 6);
    expect(await names.find(leg, 'moving.example', 4)).toBe('192.0.2.3');
  });

  it('beside many others waits for its turn', async () => {
    const server = await nameServer(() => '192.0.2.1');
    const names = new NamedAddresses(askNameServers({ servers: [server] }));
    const found = Array.from({ length: 100 }, (_, at) => names.find({} as PhoneLeg, `h${at}.example`, 4));
    expect(new Set(await Promise.all(found))).toEqual(new Set(['192.0.2.1']));
  });

  it('that no name server knows is searched for in one thread, and nobody else waits for that', async () => {
    const searches: ((addresses: string[]) => void)[] = [];
    const tables = () => new Promise<string[]>((found) => searches.push(found));
    const server = await nameServer((name) => (name.startsWith('none') ? NO_SUCH_NAME : '192.0.2.1'));
    const names = new NamedAddresses(askNameServers({ servers: [server], tables }));
    const unknown = Array.from({ length: 40 }, (_, at) => names.find({} as PhoneLeg, `none${at}.example`, 4));
    expect(await names.find(leg, 'known.example', 4)).toBe('192.0.2.1');
    // Of those that wait too many are given up.
    await Promise.race(unknown);
    expect(searches).toHaveLength(1);
    for (let at = 0; at < 33; at += 1) {
      await vi.waitFor(() => expect(searches).toHaveLength(at + 1), { timeout: 4000, interval: 5 });
      searches[at]?.(['192.0.2.2']);
    }
    expect((await Promise.all(unknown)).filter((address) => address === undefined)).toHaveLength(7);
  });
});
