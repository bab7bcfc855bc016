import { describe, expect, it } from 'vitest';
import type { InviteOptions } from '../api/outgoing-invite.js';
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

type Say = (status: string, header?: readonly string[]) => void;

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
  const invite = (more: Partial<InviteOptions> = {}) => {
    const ended: string[] = [];
    const outgoing = caller
      .invite({ target: 'sip:bob@trunk.example:5060', from: 'sip:a@a.example', sdp: SDP, ...more })
      .on('accepted', () => ended.push(`accepted ${at()}`))
      .on('rejected', ({ status, cause }) => ended.push(`${status} ${cause} ${at()}`));
    return { outgoing, ended };
  };
  const call = (more?: Partial<InviteOptions>) => invite(more).ended;
  /** A server by hand: what it does with its first INVITE, its second one, … */
  const serve = (host: string, answers: readonly ((say: Say) => void)[]): void => {
    const asked = new Set<string>();
    const reply = network.attach(host, 5060, (text) => {
      const method = text.slice(0, text.indexOf(' '));
      heard.push(`${host} ${method} ${at()}`);
      const copied = text.split('\r\n').filter((line) => /^(?:Via|From|Call-ID|CSeq):/.test(line));
      const to = `${/^To: .*$/m.exec(text)?.[0].trim() ?? ''}${text.includes(';tag=late') ? '' : ';tag=late'}`;
      const say: Say = (status, header) => {
        const body = status.startsWith('200') && method === 'INVITE' ? ANSWER : '';
        const more = [
          `Contact: <sip:${host}>`,
          ...(header ?? []),
          ...(body === '' ? [] : ['Content-Type: application/sdp']),
        ];
        const lines = [`SIP/2.0 ${status}`, ...copied, to, ...more, `Content-Length: ${body.length}`, '', body];
        reply(lines.join('\r\n'), '10.2.0.9:5060');
      };
      if (method === 'BYE' || method === 'CANCEL') say('200 OK');
      const branch = /branch=([^;\s]*)/.exec(text)?.[1] ?? '';
      if (method !== 'INVITE' || asked.has(branch)) return;
      asked.add(branch);
      answers[asked.size - 1]?.(say);
    });
  };
  /** Says nothing for this long, whatever it hears meanwhile. */
  const slow = (host: string, milliseconds: number, answer: (say: Say) => void): void =>
    serve(host, [(say) => clock.setTimeout(() => answer(say), milliseconds)]);
  const busy = async (host: string): Promise<void> => {
    const peer = await open(host, 3);
    peer.on('invite', (invite) => {
      heard.push(`${host} asked ${at()}`);
      invite.reject(486);
    });
  };
  /** What a server got of a method, all of it. */
  const got = (host: string, method: string): string[] =>
    network.sent(`${method} `).flatMap(({ to, text }) => (to === `${host}:5060` ? [text] : []));
  return { clock, caller, heard, invite, call, serve, slow, busy, got };
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

  it('that rings on and says no more is forgotten after 64 T1, with one CANCEL (RFC 3261 §9.1)', async () => {
    const { clock, caller, call, slow, busy, got } = await bench();
    slow(NEAR, 3000, (say) => {
      say('180 Ringing');
      clock.setTimeout(() => say('180 Ringing'), 10_000);
    });
    await busy(FAR);
    call({ answerWithinMilliseconds: WITHIN });
    await clock.advance(30_000);
    expect(got(NEAR, 'CANCEL')).toHaveLength(1);
    // And the one that was refused, until Timer D.
    expect(caller.stats().clientTransactions).toBe(2);
    await clock.advance(6000);
    expect(caller.stats().clientTransactions).toBe(0);
  });

  it('is asked no more, also when the caller hangs up, and called off when it rings then', async () => {
    const { clock, caller, invite, slow, got } = await bench();
    slow(NEAR, 4500, (say) => say('180 Ringing'));
    slow(FAR, 60_000, () => undefined);
    const { outgoing, ended } = invite({ answerWithinMilliseconds: WITHIN });
    await clock.advance(2900);
    outgoing.cancel();
    expect([got(NEAR, 'INVITE').length, got(FAR, 'INVITE').length]).toEqual([3, 1]);
    await clock.advance(3000);
    expect(got(NEAR, 'INVITE')).toHaveLength(3);
    expect(got(NEAR, 'CANCEL')).toHaveLength(1);
    await clock.advance(60_000);
    expect(ended).toHaveLength(1);
    expect(caller.stats().clientTransactions).toBe(0);
  });

  it('is asked first again by the next call, once it has spoken', async () => {
    const { clock, call, serve, busy, got } = await bench();
    serve(NEAR, [(say) => clock.setTimeout(() => say('180 Ringing'), 3000), (say) => say('486 Busy Here')]);
    await busy(FAR);
    call({ answerWithinMilliseconds: WITHIN });
    await clock.advance(4000);
    const ended = call({ answerWithinMilliseconds: WITHIN });
    await clock.advance(100);
    expect(ended).toEqual(['486 response 4010']);
    expect(got(NEAR, 'INVITE').at(-1)).not.toBe(got(NEAR, 'INVITE')[0]);
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

  const CHALLENGE = ['WWW-Authenticate: Digest realm="x", nonce="abc", algorithm=MD5'];
  const credentials = { username: 'a', password: 'b' };
  const cseqOf = (text: string): string | undefined => /^CSeq: (.*)\r$/m.exec(text)?.[1];

  it('is acknowledged by the number of its own INVITE, whatever was sent since (§13.2.2.4)', async () => {
    const { clock, call, serve, got } = await bench();
    const late = (say: Say): void => void clock.setTimeout(() => say('200 OK'), 6000);
    serve(NEAR, [late, (say) => say('486 Busy Here')]);
    serve(FAR, [(say) => say('401 Unauthorized', CHALLENGE), late]);
    const ended = call({ answerWithinMilliseconds: WITHIN, credentials });
    await clock.advance(20_000);
    expect(ended).toEqual([expect.stringMatching(/^486 response /)]);
    // The ACK of the 486, too, is the INVITE's.
    expect(got(NEAR, 'ACK').map(cseqOf)).toEqual(['2 ACK', '1 ACK']);
    expect(got(FAR, 'ACK').map(cseqOf)).toEqual(['1 ACK', '2 ACK']);
    expect([NEAR, FAR].map((host) => got(host, 'BYE').map(cseqOf))).toEqual([['2 BYE'], ['3 BYE']]);
  });

  it('is acknowledged with the credentials of its INVITE (§22.1)', async () => {
    const { clock, call, serve, busy, got } = await bench();
    const late = (say: Say): void => void clock.setTimeout(() => say('200 OK'), 6000);
    serve(NEAR, [(say) => say('401 Unauthorized', CHALLENGE), late]);
    await busy(FAR);
    call({ answerWithinMilliseconds: WITHIN, credentials });
    await clock.advance(20_000);
    const signature = (text: string | undefined): string | undefined => /^Authorization: .*$/m.exec(text ?? '')?.[0];
    expect(signature(got(NEAR, 'ACK').at(-1))).toBe(signature(got(NEAR, 'INVITE').at(-1)));
    expect(signature(got(NEAR, 'ACK').at(-1))).toContain('username="a"');
  });
});
