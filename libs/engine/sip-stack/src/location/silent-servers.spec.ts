import { describe, expect, it } from 'vitest';
import type { UserAgent } from '../api/user-agent.js';
import { MemoryNetwork } from '../testing/memory-network.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { ANSWER, SDP } from '../testing/test-bed.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';
import type { Dns } from './dns.js';

const [NEAR, FAR] = ['10.2.0.1', '10.2.0.2'];
const WITHIN = 5000;

/** Two servers of one name, over UDP. */
const dns: Dns = {
  naptr: () => Promise.resolve({ kind: 'none' }),
  srv: () => Promise.resolve({ kind: 'none' }),
  addresses: (_name, family) =>
    Promise.resolve(family === 4 ? { kind: 'records', ttlSeconds: 60, records: [NEAR, FAR] } : { kind: 'none' }),
};

async function bench() {
  const clock = new VirtualClock();
  const began = clock.now();
  const network = new MemoryNetwork(clock);
  const open = (host: string, seed: number): Promise<UserAgent> =>
    SipUserAgent.open(
      { listen: [{ protocol: 'udp', host, port: 5060 }], clock, random: new SeededRandom(seed), dns },
      network,
    );
  const caller = await open('10.2.0.9', 9);
  const heard: string[] = [];
  const at = (): number => clock.now() - began;
  const call = (more: { elsewhere?: boolean; answerWithinMilliseconds?: number } = {}) => {
    const ended: string[] = [];
    caller
      .invite({ target: 'sip:bob@trunk.example:5060', from: 'sip:a@a.example', sdp: SDP, ...more })
      .on('accepted', () => ended.push(`accepted ${at()}`))
      .on('rejected', ({ status, cause }) => ended.push(`${status} ${cause} ${at()}`));
    return ended;
  };
  /** Says nothing for this long, whatever it hears meanwhile. */
  const slow = (host: string, milliseconds: number, answer: (say: (status: string) => void) => void): void => {
    let asked = false;
    const reply = network.attach(host, 5060, (text) => {
      const method = text.slice(0, text.indexOf(' '));
      heard.push(`${host} ${method} ${at()}`);
      const copied = text.split('\r\n').filter((line) => /^(?:Via|From|Call-ID|CSeq):/.test(line));
      const to = `${/^To: .*$/m.exec(text)?.[0].trim() ?? ''}${text.includes(';tag=late') ? '' : ';tag=late'}`;
      const say = (status: string): void => {
        const body = status.startsWith('200') && method === 'INVITE' ? ANSWER : '';
        const more = [`Contact: <sip:${host}>`, ...(body === '' ? [] : ['Content-Type: application/sdp'])];
        const lines = [`SIP/2.0 ${status}`, ...copied, to, ...more, `Content-Length: ${body.length}`, '', body];
        reply(lines.join('\r\n'), '10.2.0.9:5060');
      };
      if (method === 'BYE' || method === 'CANCEL') say('200 OK');
      if (method !== 'INVITE' || asked) return;
      asked = true;
      clock.setTimeout(() => answer(say), milliseconds);
    });
  };
  const busy = async (host: string): Promise<void> => {
    const peer = await open(host, 3);
    peer.on('invite', (invite) => {
      heard.push(`${host} asked ${at()}`);
      invite.reject(486);
    });
  };
  return { clock, network, heard, call, slow, busy };
}

const methods = (heard: readonly string[], host: string): string[] => [
  ...new Set(heard.filter((line) => line.startsWith(host)).map((line) => line.split(' ')[1] ?? '')),
];

describe('a silent server of a name, where whoever calls waits five seconds in all', () => {
  it('is left when it has had its share, for the next one', async () => {
    const { clock, heard, call, busy } = await bench();
    await busy(FAR);
    const ended = call({ answerWithinMilliseconds: WITHIN });
    await clock.advance(4000);
    expect(heard).toEqual([`${FAR} asked 2505`]);
    expect(ended).toEqual(['486 response 2510']);
    // And the next call asks the other one first.
    call({ answerWithinMilliseconds: WITHIN });
    await clock.advance(100);
    expect(heard).toEqual([`${FAR} asked 2505`, `${FAR} asked 4005`]);
  });

  it('leaves a share to those that whoever calls has beside', async () => {
    const { clock, call } = await bench();
    const ended = call({ answerWithinMilliseconds: WITHIN, elsewhere: true });
    await clock.advance(6000);
    // A third each: the last third is for the others.
    const [, , when] = (ended[0] ?? '').split(' ');
    expect(ended).toEqual([expect.stringMatching(/^503 transport /)]);
    expect(Number(when)).toBeCloseTo((WITHIN * 2) / 3, -2);
  });

  it('has until Timer B where nobody says how long they wait', async () => {
    const { clock, heard, call, busy } = await bench();
    await busy(FAR);
    call();
    await clock.advance(30_000);
    expect(heard).toEqual([]);
    await clock.advance(5000);
    expect(heard).toHaveLength(1);
  });

  it('that rings after all is told to stop', async () => {
    const { clock, heard, call, slow, busy } = await bench();
    slow(NEAR, 3000, (say) => say('180 Ringing'));
    await busy(FAR);
    const ended = call({ answerWithinMilliseconds: WITHIN });
    await clock.advance(10_000);
    expect(ended).toEqual(['486 response 2510']);
    expect(methods(heard, NEAR)).toEqual(['INVITE', 'CANCEL']);
  });

  it('that answers after all is acknowledged and hung up on', async () => {
    const { clock, heard, call, slow, busy } = await bench();
    slow(NEAR, 3000, (say) => say('200 OK'));
    await busy(FAR);
    const ended = call({ answerWithinMilliseconds: WITHIN });
    await clock.advance(10_000);
    expect(ended).toEqual(['486 response 2510']);
    expect(methods(heard, NEAR)).toEqual(['INVITE', 'ACK', 'BYE']);
  });
});
