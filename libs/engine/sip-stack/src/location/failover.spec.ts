import { describe, expect, it } from 'vitest';
import type { UserAgentOptions } from '../api/user-agent.js';
import { openTestBed } from '../testing/test-bed.js';
import type { TestBed } from '../testing/test-bed.js';
import type { Dns, DnsAnswer } from './dns.js';

const SERVERS = ['10.1.0.1', '10.1.0.2', '10.1.0.3'];

/** A domain with three servers by priority. */
const dns: Dns = {
  naptr: () => Promise.resolve({ kind: 'none' }),
  srv: (name) =>
    Promise.resolve(
      name === '_sip._udp.trunk.example'
        ? {
            kind: 'records',
            ttlSeconds: 60,
            records: SERVERS.map((address, priority) => ({ name: address, port: 5060, priority, weight: 0 })),
          }
        : { kind: 'none' },
    ),
  addresses: (): Promise<DnsAnswer<string>> => Promise.resolve({ kind: 'none' }),
};

/** Servers that answer as they are told; what they heard, in order. */
async function bench(
  answers: Partial<Record<string, string>>,
  more: Partial<UserAgentOptions> = {},
): Promise<TestBed & { heard: string[]; ask: (method?: string) => Promise<number>; answers: typeof answers }> {
  const bed = await openTestBed({ agents: { dns, ...more } });
  const heard: string[] = [];
  for (const address of SERVERS) {
    const reply = bed.network.attach(address, 5060, (text) => {
      const method = text.slice(0, text.indexOf(' '));
      if (method === 'ACK') return;
      heard.push(address);
      const status = answers[address];
      if (status === undefined) return;
      const via = /^Via: .*$/m.exec(text)?.[0] ?? '';
      const rest = text.split('\r\n').filter((line) => /^(?:From|To|Call-ID|CSeq):/.test(line));
      reply([`SIP/2.0 ${status}`, via.trim(), ...rest, 'Content-Length: 0', '', ''].join('\r\n'), '10.0.0.1:5060');
    });
  }
  const ask = async (method = 'OPTIONS'): Promise<number> => {
    const outcome = bed.alice.request({ method, target: 'sip:trunk.example', from: 'sip:a@a.example' });
    await bed.clock.advance(100_000);
    return (await outcome).status;
  };
  return { ...bed, heard, ask, answers };
}

describe('servers of a domain (RFC 3263 §4.3)', () => {
  it('are tried one after another while they do not answer or say 503', async () => {
    const { heard, ask, network } = await bench({ '10.1.0.2': '503 No', '10.1.0.3': '200 OK' });
    expect(await ask()).toBe(200);
    expect([...new Set(heard)]).toEqual(SERVERS);
    const branches = network.sent('OPTIONS').map(({ text }) => /branch=([^;\r]+)/.exec(text)?.[1]);
    expect(new Set(branches).size).toBe(3);
    const identities = network.sent('OPTIONS').map(({ text }) => /Call-ID: .*\r\nCSeq: .*/.exec(text)?.[0]);
    expect(new Set(identities).size).toBe(1);
  });

  it('that failed are avoided for a while, then tried again', async () => {
    const { heard, ask, answers, clock } = await bench({ '10.1.0.1': '503 No', '10.1.0.2': '200 OK' });
    await ask();
    heard.length = 0;
    const again = ask();
    expect(await again).toBe(200);
    // Half a minute has passed while the first question settled: the first server has its chance again.
    expect(heard).toEqual(['10.1.0.1', '10.1.0.2']);
    heard.length = 0;
    answers['10.1.0.1'] = '200 OK';
    await clock.advance(300_000);
    await ask();
    expect(heard).toEqual(['10.1.0.1']);
  });

  it('that ask for time get it', async () => {
    const { heard, ask } = await bench({ '10.1.0.1': '503 No\r\nRetry-After: 250', '10.1.0.2': '200 OK' });
    await ask();
    heard.length = 0;
    await ask();
    expect(heard).toEqual(['10.1.0.2']);
  });

  it('give their last answer when all fail, and other refusals at once', async () => {
    const all = { '10.1.0.1': '503 A', '10.1.0.2': '503 B', '10.1.0.3': '503 C' };
    const { heard, ask, answers } = await bench(all);
    expect(await ask()).toBe(503);
    expect(heard).toEqual(SERVERS);
    heard.length = 0;
    for (const address of SERVERS) answers[address] = '403 No';
    expect(await ask()).toBe(403);
    expect(heard).toHaveLength(1);
  });

  it('take a call that the first of them did not answer', async () => {
    const { alice, clock, heard } = await bench({ '10.1.0.2': '486 Busy' });
    const ends: number[] = [];
    alice
      .invite({ target: 'sip:x@trunk.example', from: 'sip:a@a.example', sdp: 'v=0\r\n', ringSeconds: 120 })
      .on('rejected', (failure) => ends.push(failure.status));
    await clock.advance(90_000);
    expect([...new Set(heard)]).toEqual(['10.1.0.1', '10.1.0.2']);
    expect(ends).toEqual([486]);
  });

  it('do not ring when the caller has given up', async () => {
    const { alice, clock, heard } = await bench({});
    const ends: number[] = [];
    const invite = alice
      .invite({ target: 'sip:x@trunk.example', from: 'sip:a@a.example', sdp: 'v=0\r\n', ringSeconds: 120 })
      .on('rejected', (failure) => ends.push(failure.status));
    await clock.advance(10_000);
    invite.cancel();
    await clock.advance(100_000);
    expect([...new Set(heard)]).toEqual(['10.1.0.1']);
    expect(ends).toHaveLength(1);
  });
});
