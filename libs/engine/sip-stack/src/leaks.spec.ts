import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { InviteSession } from './api/invite-session.js';
import { SipUserAgent } from './user-agent/sip-user-agent.js';
import { MemoryNetwork } from './testing/memory-network.js';
import { SeededRandom } from './testing/seeded-random.js';
import { ALICE, ANSWER, BOB, SDP } from './testing/test-bed.js';
import { VirtualClock } from './testing/virtual-clock.js';

/** More by hand, an hour's worth: `SOAK_CALLS=20000 npx vitest run --project unit leaks`. */
const CALLS = Number(process.env['SOAK_CALLS'] ?? 200);
const MILLISECONDS_BETWEEN = 180;
const GROWTH_MEBIBYTES = 4;
/** From so many on, calls end as fast as they begin in both halves. */
const STEADY_CALLS = 2_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapMebibytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const accept = { sdp: ANSWER };

/** A callee that uses everything: early answer with PRACK, UPDATE in the early dialog, refusals, timers. */
function answerCalls(bob: SipUserAgent, clock: VirtualClock): void {
  let calls = 0;
  bob.on('invite', (invite) => {
    calls += 1;
    invite.progress(183, { ...accept, reliable: 'if-supported' });
    invite.dialog.on('update', (offer) => offer.accept(accept)).on('reinvite', (offer) => offer.accept(accept));
    const refuses = calls % 7 === 0;
    clock.setTimeout(() => {
      if (refuses) invite.reject(486);
      else invite.accept(accept)?.on('info', (info) => info.reply(200));
    }, 800);
  });
}

async function talk(session: InviteSession, clock: VirtualClock): Promise<void> {
  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      clock.setTimeout(resolve, milliseconds);
    });
  await session.info({ contentType: 'application/dtmf-relay', body: 'Signal=5' });
  await session.reinvite({ sdp: SDP });
  await wait(5000);
  const offered = await session.reinvite();
  if (offered.ok) offered.acknowledge({ sdp: SDP });
  await wait(60_000);
  await session.update({ sdp: SDP });
  await session.bye({ reason: { protocol: 'Q.850', cause: 16 } });
}

describe('memory', () => {
  it(
    `is flat over ${CALLS} calls that use everything`,
    async () => {
      const clock = new VirtualClock();
      const network = new MemoryNetwork(clock);
      const random = new SeededRandom(7);
      // A tenth is lost, a tenth comes twice.
      network.fate = () => {
        network.log.length = 0;
        const toss = random.next();
        return toss < 0.1 ? [] : toss < 0.2 ? [5, 8] : [5];
      };
      const open = (address: { host: string; port: number }, seed: number): Promise<SipUserAgent> =>
        SipUserAgent.open(
          {
            listen: [{ protocol: 'udp', ...address }],
            clock,
            random: new SeededRandom(seed),
            sessionTimer: { expiresSeconds: 90, minimumSeconds: 90 },
          },
          network,
        );
      const alice = await open(ALICE, 1);
      const bob = await open(BOB, 2);
      answerCalls(bob, clock);
      const told = { accepted: 0, rejected: 0 };
      const half = { before: 0, at: Math.floor(CALLS / 2) };
      for (let call = 0; call < CALLS; call++) {
        if (call === half.at) half.before = heapMebibytes();
        const invite = alice
          .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP })
          .on('progress', (_, __, about) => void about.dialog?.update({ sdp: SDP }))
          .on('accepted', (session) => {
            told.accepted += 1;
            void talk(session, clock);
          })
          .on('rejected', () => (told.rejected += 1));
        if (call % 5 === 0) clock.setTimeout(() => invite.cancel(), 400);
        await clock.advance(MILLISECONDS_BETWEEN);
      }
      const after = heapMebibytes();
      await clock.advance(600_000);
      for (const agent of [alice, bob]) {
        const { clientTransactions, serverTransactions, dialogs } = agent.stats();
        expect({ clientTransactions, serverTransactions, dialogs }).toEqual({
          clientTransactions: 0,
          serverTransactions: 0,
          dialogs: 0,
        });
      }
      expect(clock.pending).toBe(0);
      expect(told.accepted + told.rejected).toBe(CALLS);
      expect(told.accepted).toBeGreaterThan(CALLS / 2);
      // Nothing of the calls is left.
      expect(heapMebibytes() - half.before).toBeLessThan(GROWTH_MEBIBYTES);
      // Over an hour the first half brings the load to its height of calls in progress; the second must not add to it.
      if (CALLS >= STEADY_CALLS) expect(after - half.before).toBeLessThan(GROWTH_MEBIBYTES);
    },
    60_000 + CALLS * 100,
  );
});
