import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteSession } from '../api/invite-session.js';
import type { UserAgentOptions } from '../api/user-agent.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';
import { MemoryNetwork } from './memory-network.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

export const ALICE = { host: '10.0.0.1', port: 5060 } as const;
export const BOB = { host: '10.0.0.2', port: 5060 } as const;
export const SDP = 'v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
export const ANSWER = SDP.replaceAll('10.0.0.1', '10.0.0.2');

/** Two user agents on a virtual network and clock. */
export interface TestBed {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly alice: SipUserAgent;
  readonly bob: SipUserAgent;
  /** Errors that handlers or the stack logged. */
  readonly errors: unknown[];
  /** Lets all timers of transactions run out and tells what is left of anything. */
  leftovers(): Promise<Record<string, number>>;
}

export async function openTestBed(
  options: { seed?: number; protocol?: 'udp' | 'tcp'; agents?: Partial<UserAgentOptions> } = {},
): Promise<TestBed> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const errors: unknown[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (details: unknown) => errors.push(details) };
  const { protocol = 'udp' } = options;
  const open = (address: { host: string; port: number }, seed: number): Promise<SipUserAgent> =>
    SipUserAgent.open(
      {
        listen: [{ protocol, ...address }],
        clock,
        logger,
        random: new SeededRandom(seed),
        sessionTimer: { expiresSeconds: 0, minimumSeconds: 90 },
        ...options.agents,
      },
      network,
    );
  const seed = options.seed ?? 1;
  const alice = await open(ALICE, seed * 2);
  const bob = await open(BOB, seed * 2 + 1);
  return {
    clock,
    network,
    alice,
    bob,
    errors,
    leftovers: async () => {
      await clock.advance(300_000);
      // Each open connection is watched by one timer.
      const open = alice.stats().connections + bob.stats().connections;
      const left: Record<string, number> = { timers: clock.pending - open };
      for (const [name, agent] of Object.entries({ alice, bob })) {
        const { clientTransactions, serverTransactions, dialogs } = agent.stats();
        left[`${name} transactions`] = clientTransactions + serverTransactions;
        left[`${name} dialogs`] = dialogs;
      }
      return Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0));
    },
  };
}

/** What happened to one side of a call, in order, as words. */
export class Diary {
  readonly lines: string[] = [];

  note(line: string): void {
    this.lines.push(line);
  }

  follow(session: InviteSession): InviteSession {
    session.on('ended', (end) => this.note(`ended ${end.kind} by ${end.by}`));
    session.on('acknowledged', () => this.note('acknowledged'));
    return session;
  }
}

/** Bob rings and accepts each call after a while. */
export function answerCalls(
  bed: TestBed,
  after = 1000,
): { diary: Diary; sessions: InviteSession[]; invites: IncomingInvite[] } {
  const diary = new Diary();
  const sessions: InviteSession[] = [];
  const invites: IncomingInvite[] = [];
  bed.bob.on('invite', (invite) => {
    invites.push(invite);
    invite.onCancelled((reasons) => diary.note(`cancelled ${reasons.map((reason) => reason.cause).join()}`));
    invite.progress(180);
    bed.clock.setTimeout(() => {
      const session = invite.accept({ sdp: ANSWER });
      if (session === undefined) return;
      diary.note('accepted');
      sessions.push(diary.follow(session));
    }, after);
  });
  return { diary, sessions, invites };
}

/** Alice calls Bob. */
export function call(
  bed: TestBed,
  options: { sdp?: string } = { sdp: SDP },
): {
  diary: Diary;
  invite: ReturnType<SipUserAgent['invite']>;
  session: () => InviteSession;
} {
  const diary = new Diary();
  let accepted: InviteSession | undefined;
  const invite = bed.alice
    .invite({
      target: `sip:bob@${BOB.host}${bed.alice.addresses[0]?.protocol === 'tcp' ? ';transport=tcp' : ''}`,
      from: 'sip:alice@a.example',
      ...options,
    })
    .on('progress', (response) => diary.note(`progress ${response.status}`))
    .on('accepted', (session) => {
      accepted = diary.follow(session);
      diary.note('accepted');
    })
    .on('rejected', (failure) => diary.note(`rejected ${failure.status} ${failure.cause}`));
  return {
    diary,
    invite,
    session: () => {
      if (accepted === undefined) throw new Error('Not accepted');
      return accepted;
    },
  };
}
