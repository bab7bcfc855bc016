import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { askNameServers, NamedAddresses } from './named-addresses.js';
import type { PhoneLeg } from './phone-leg.js';

const leg = {} as PhoneLeg;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** A name server that knows one name (RFC 1035 §4), or says nothing. @returns `address:port` */
async function nameServer(address: string | undefined): Promise<string> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (query, { port }) => {
    if (address === undefined) return;
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 6);
    head.writeUInt16BE(0, 10);
    // A pointer to the question, type A, class IN, 60 s, four octets.
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);
    socket.send(Buffer.concat([head, question, answer]), port, '127.0.0.1');
  });
  await new Promise<void>((bound) => {
    socket.bind(0, '127.0.0.1', bound);
  });
  return `127.0.0.1:${socket.address().port}`;
}

describe('a host that SDP names', () => {
  it('is looked up, and known to that leg from then on', async () => {
    const names = new NamedAddresses(askNameServers([await nameServer('192.0.2.7')]));
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
    const names = new NamedAddresses(askNameServers([await nameServer(undefined)]));
    const began = performance.now();
    expect(await names.find(leg, 'silent.example', 4)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(10_000);
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

  it('is not looked up beside too many others', async () => {
    const answers: ((addresses: string[]) => void)[] = [];
    const names = new NamedAddresses(
      () =>
        new Promise((answer) => {
          answers.push(answer);
        }),
    );
    const found = Array.from({ length: 40 }, (_, at) => names.find({} as PhoneLeg, `h${at}.example`, 4));
    expect(answers).toHaveLength(32);
    for (const answer of answers) answer(['192.0.2.1']);
    expect((await Promise.all(found)).filter((address) => address === undefined)).toHaveLength(8);
    const late = names.find(leg, 'late.example', 4);
    answers.at(-1)?.(['192.0.2.2']);
    expect(await late).toBe('192.0.2.2');
  });
});
