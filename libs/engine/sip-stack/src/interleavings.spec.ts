import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncomingInvite } from './api/incoming-invite.js';
import type { InviteSession } from './api/invite-session.js';
import { SeededRandom } from './testing/seeded-random.js';
import { ANSWER, SDP, openTestBed } from './testing/test-bed.js';

const ACTIONS = [
  'caller cancels',
  'caller hangs up',
  'caller re-invites',
  'caller updates',
  'callee rings',
  'callee accepts',
  'callee rejects',
  'callee hangs up',
  'callee re-invites',
  'both re-invite',
  'time passes',
] as const;
type Action = (typeof ACTIONS)[number];

const plan = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  /** Part of the messages that are lost, and that come twice. */
  loss: fc.constantFrom(0, 0.1, 0.3, 0.6),
  doubled: fc.constantFrom(0, 0.3),
  /** Longest delay, milliseconds: messages overtake each other. */
  delay: fc.constantFrom(1, 50, 2000),
  steps: fc.array(fc.tuple(fc.constantFrom<Action>(...ACTIONS), fc.integer({ min: 0, max: 3000 })), { maxLength: 12 }),
});

describe('any order of events over any network', () => {
  it('leaves no transaction, dialog or timer behind, and tells each side its end exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ seed, loss, doubled, delay, steps }) => {
        const bed = await openTestBed({ seed: (seed % 1000) + 1 });
        const random = new SeededRandom(seed);
        bed.network.fate = () => {
          if (random.next() < loss) return [];
          const once = 1 + random.next() * delay;
          return random.next() < doubled ? [once, 1 + random.next() * delay] : [once];
        };
        const told = { accepted: 0, rejected: 0, callerEnded: 0, calleeEnded: 0, calleeSessions: 0 };
        let ringing: IncomingInvite | undefined;
        let caller: InviteSession | undefined;
        let callee: InviteSession | undefined;
        bed.bob.on('invite', (invite) => {
          ringing = invite;
          // An INVITE may come after its caller has given up; whoever answers calls gives up too.
          bed.clock.setTimeout(() => invite.reject(480), 90_000);
        });
        const invite = bed.alice.invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP });
        invite
          .on('accepted', (session) => {
            told.accepted += 1;
            caller = session;
            session.on('reinvite', (offer) => offer.accept({ sdp: SDP })).on('ended', () => (told.callerEnded += 1));
          })
          .on('rejected', () => (told.rejected += 1));
        const run: Record<Action, () => void> = {
          'caller cancels': () => invite.cancel(),
          'caller hangs up': () => void caller?.bye(),
          'caller re-invites': () => void caller?.reinvite({ sdp: SDP }),
          'caller updates': () => void caller?.update(),
          'callee rings': () => ringing?.progress(180),
          'callee accepts': () => {
            const session = ringing?.accept({ sdp: ANSWER });
            if (session === undefined) return;
            callee = session;
            told.calleeSessions += 1;
            session.on('reinvite', (offer) => offer.accept({ sdp: ANSWER })).on('ended', () => (told.calleeEnded += 1));
          },
          'callee rejects': () => ringing?.reject(486),
          'callee hangs up': () => void callee?.bye(),
          'callee re-invites': () => void callee?.reinvite({ sdp: ANSWER }),
          'both re-invite': () => {
            void caller?.reinvite({ sdp: SDP });
            void callee?.reinvite({ sdp: ANSWER });
          },
          'time passes': () => undefined,
        };
        for (const [action, milliseconds] of steps) {
          run[action]();
          await bed.clock.advance(milliseconds);
        }
        invite.cancel();
        ringing?.reject(480);
        await bed.clock.advance(100_000);
        void caller?.bye();
        void callee?.bye();
        expect(await bed.leftovers()).toEqual({});
        expect(bed.errors).toEqual([]);
        expect(told.accepted + told.rejected).toBe(1);
        expect(told.callerEnded).toBe(told.accepted);
        expect(told.calleeEnded).toBe(told.calleeSessions);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
