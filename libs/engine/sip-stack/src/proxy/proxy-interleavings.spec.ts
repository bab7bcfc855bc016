import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteSession } from '../api/invite-session.js';
import type { ProxyTarget } from '../api/routed-request.js';
import { alterMessage } from '../testing/alter-message.js';
import { PROXY, leftovers, openProxyBed } from '../testing/proxy-bed.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { ANSWER, SDP } from '../testing/test-bed.js';

const PHONES = ['10.0.0.2', '10.0.0.3'] as const;
const ACTIONS = [
  'caller cancels',
  'caller hangs up',
  'first rings',
  'first accepts',
  'first rejects',
  'first declines',
  'second rings',
  'second accepts',
  'second rejects',
  'second hangs up',
  'time passes',
] as const;
type Action = (typeof ACTIONS)[number];

/** More by hand: `INTERLEAVINGS=20000 npx vitest run --project unit interleavings`. */
const RUNS = Number(process.env['INTERLEAVINGS'] ?? 60);

const plan = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  /** Part of the datagrams that have something wrong with them. */
  altered: fc.constantFrom(0, 0, 0.1, 0.5),
  loss: fc.constantFrom(0, 0.1, 0.3, 0.6),
  doubled: fc.constantFrom(0, 0.3),
  delay: fc.constantFrom(1, 50, 2000),
  q: fc.constantFrom(0.3, 1),
  ringMilliseconds: fc.constantFrom(undefined, 1500),
  takesOver: fc.boolean(),
  steps: fc.array(fc.tuple(fc.constantFrom<Action>(...ACTIONS), fc.integer({ min: 0, max: 3000 })), { maxLength: 12 }),
});

it(
  'a forked call through any network in any order leaves nothing behind, and has one outcome on every side',
  async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ seed, altered, loss, doubled, delay, q, ringMilliseconds, takesOver, steps }) => {
        const targets: ProxyTarget[] = [{ uri: `sip:bob@${PHONES[0]}` }, { uri: `sip:bob@${PHONES[1]}`, q }];
        const finals: number[] = [];
        let taken = 0;
        const bed = await openProxyBed((routed) =>
          routed.proxy({
            targets,
            ...(ringMilliseconds === undefined ? {} : { ringMilliseconds }),
            takeOver: () => {
              taken += takesOver ? 1 : 0;
              return takesOver;
            },
            onFinal: ({ status }) => finals.push(status),
          }),
        );
        const random = new SeededRandom(seed);
        bed.network.fate = () => {
          if (random.next() < loss) return [];
          const once = 1 + random.next() * delay;
          return random.next() < doubled ? [once, 1 + random.next() * delay] : [once];
        };
        bed.network.alter = (bytes) =>
          random.next() < altered ? alterMessage(bytes, (below) => Math.floor(random.next() * below)) : bytes;
        const told = { accepted: 0, rejected: 0, callerEnded: 0, sessions: 0, sessionsEnded: 0 };
        const ringing: (IncomingInvite | undefined)[] = [undefined, undefined];
        const sessions: (InviteSession | undefined)[] = [undefined, undefined];
        for (const [at, host] of PHONES.entries()) {
          bed.phone(host).on('invite', (invite) => {
            ringing[at] = invite;
            bed.clock.setTimeout(() => invite.reject(480), 90_000);
          });
        }
        const accept = (at: number): void => {
          const session = ringing[at]?.accept({ sdp: ANSWER });
          if (session === undefined) return;
          sessions[at] = session;
          told.sessions += 1;
          session.on('ended', () => (told.sessionsEnded += 1));
        };
        // A mailbox of our own.
        bed.proxy.on('invite', (mailbox) => {
          bed.clock.setTimeout(() => {
            const session = mailbox.accept({ sdp: ANSWER });
            if (session === undefined) return;
            sessions.push(session);
            told.sessions += 1;
            session.on('ended', () => (told.sessionsEnded += 1));
          }, 300);
        });
        let caller: InviteSession | undefined;
        const invite = bed
          .phone('10.0.0.1')
          .invite({ target: `sip:bob@${PROXY}`, from: 'sip:alice@a.example', sdp: SDP })
          .on('accepted', (session) => {
            told.accepted += 1;
            caller = session;
            session.on('ended', () => (told.callerEnded += 1));
          })
          .on('rejected', () => (told.rejected += 1));
        const run: Record<Action, () => void> = {
          'caller cancels': () => invite.cancel(),
          'caller hangs up': () => void caller?.bye(),
          'first rings': () => ringing[0]?.progress(180),
          'first accepts': () => accept(0),
          'first rejects': () => ringing[0]?.reject(486),
          'first declines': () => ringing[0]?.reject(603),
          'second rings': () => ringing[1]?.progress(180),
          'second accepts': () => accept(1),
          'second rejects': () => ringing[1]?.reject(404),
          'second hangs up': () => void sessions[1]?.bye(),
          'time passes': () => undefined,
        };
        for (const [action, milliseconds] of steps) {
          run[action]();
          await bed.clock.advance(milliseconds);
        }
        invite.cancel();
        for (const one of ringing) one?.reject(480);
        await bed.clock.advance(200_000);
        void caller?.bye();
        for (const session of sessions) void session?.bye();
        expect(await leftovers(bed)).toEqual({});
        expect(bed.errors).toEqual([]);
        expect(told.accepted + told.rejected).toBe(1);
        // An INVITE that was changed may be another call to whoever gets it.
        if (altered > 0) return;
        expect(told.callerEnded).toBe(told.accepted);
        expect(told.sessionsEnded).toBe(told.sessions);
        expect(finals.length + taken).toBeLessThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
  },
  60_000 + RUNS * 100,
);
