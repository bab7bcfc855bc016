import { expect, it } from 'vitest';
import { dialogOfPeer } from '../replaces/dialog-of-peer.js';
import { MemoryNetwork } from '../testing/memory-network.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { SHARED, SharedNetwork, WORKERS, channels, openWorkers } from '../testing/shared-network.js';
import { ANSWER, SDP } from '../testing/test-bed.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';
import { PinnedNetwork } from './pinned-network.js';
import { isOurs, workerOf } from './pinning.js';

it('keeps each proxied call with one of three workers, whichever its packets arrive at', async () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const shared = new SharedNetwork(network, new SeededRandom(7));
  const sessionTimer = { expiresSeconds: 0, minimumSeconds: 90 };
  const secret = new Uint8Array(16);
  const workers: SipUserAgent[] = [];
  for (const [worker, handOver] of channels(clock, WORKERS).entries()) {
    const agent = await SipUserAgent.open(
      { listen: [SHARED], clock, random: new SeededRandom(worker + 10), sessionTimer, proxy: { secret } },
      new PinnedNetwork(shared, { worker, workers: WORKERS, handOver }),
    );
    agent.on('route', (routed) => routed.proxy({ targets: [{ uri: 'sip:bob@10.0.0.2' }] }));
    workers.push(agent);
  }
  const open = (host: string, seed: number): Promise<SipUserAgent> =>
    SipUserAgent.open(
      { listen: [{ protocol: 'udp', host, port: 5060 }], clock, random: new SeededRandom(seed), sessionTimer },
      network,
    );
  const alice = await open('10.0.0.1', 1);
  const bob = await open('10.0.0.2', 2);
  bob.on('invite', (invite) => void invite.accept({ sdp: ANSWER }));
  let ended = 0;
  for (let call = 0; call < 30; call++) {
    alice.invite({ target: 'sip:bob@10.0.0.9', from: 'sip:alice@a.example', sdp: SDP }).on('accepted', (session) => {
      session.on('ended', () => (ended += 1));
      clock.setTimeout(() => void session.bye(), 500);
    });
  }
  await clock.advance(3000);
  expect(ended).toBe(30);
  // Two server transactions a call, INVITE and BYE, and none of them twice.
  const counts = workers.map((worker) => worker.stats().serverTransactions);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60);
  for (const count of counts) expect(count).toBeGreaterThan(0);
  await clock.advance(300_000);
  expect(workers.map((worker) => worker.stats().serverTransactions)).toEqual([0, 0, 0]);
});

const target = 'sip:service@10.0.0.9';

it('brings an INVITE with Replaces to the worker that has the dialog, and keeps its call there', async () => {
  const { clock, workers, alice } = await openWorkers(3);
  const taken: boolean[] = [];
  for (const worker of workers)
    worker.on('invite', (invite) => {
      taken.push(invite.replaces !== undefined);
      void invite.accept({ sdp: ANSWER });
    });
  const ends: string[] = [];
  for (let call = 0; call < 12; call++) {
    alice.invite({ target, from: 'sip:alice@a.example', sdp: SDP }).on('accepted', (first) => {
      first.on('ended', ({ kind, by }) => ends.push(`first ${kind} by ${by}`));
      alice
        .invite({ target, from: 'sip:carol@c.example', sdp: SDP, replaces: dialogOfPeer(first) })
        .on('rejected', ({ status }) => ends.push(`rejected ${status}`))
        .on('accepted', (second) => {
          second.on('ended', ({ kind, by }) => ends.push(`second ${kind} by ${by}`));
          clock.setTimeout(() => void second.bye(), 500);
        });
    });
    await clock.advance(1500);
  }
  expect(taken.filter(Boolean)).toHaveLength(12);
  expect(ends.filter((end) => end === 'first bye by remote')).toHaveLength(12);
  expect(ends.filter((end) => end === 'second bye by local')).toHaveLength(12);
  await clock.advance(300_000);
  for (const worker of workers) expect(worker.stats()).toMatchObject({ dialogs: 0, serverTransactions: 0 });
});

it('lets the worker that a call belongs to prefer another one for it', async () => {
  const { clock, workers, alice } = await openWorkers(4, () => 2);
  const at: number[] = [];
  for (const [number, worker] of workers.entries())
    worker.on('invite', (invite) => {
      at.push(number);
      void invite.accept({ sdp: ANSWER });
    });
  let ended = 0;
  for (let call = 0; call < 10; call++)
    alice.invite({ target, from: 'sip:alice@a.example', sdp: SDP }).on('accepted', (session) => {
      session.on('ended', () => (ended += 1));
      clock.setTimeout(() => void session.bye(), 500);
    });
  await clock.advance(3000);
  expect(at).toEqual(Array.from({ length: 10 }, () => 2));
  expect(ended).toBe(10);
});

it('spreads Call-IDs evenly, and knows its own', () => {
  const counts = [0, 0, 0, 0];
  for (let call = 0; call < 40_000; call++) {
    const worker = workerOf(`${call}-4711@10.0.0.1`, 4);
    counts[worker] = (counts[worker] ?? 0) + 1;
    expect(isOurs(`${call}-4711@10.0.0.1`, { worker, workers: 4 })).toBe(true);
  }
  for (const count of counts) expect(count).toBeGreaterThan(9000);
});
