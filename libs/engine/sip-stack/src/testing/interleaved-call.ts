import type { IncomingInvite } from '../api/incoming-invite.js';
import type { IncomingOffer, InviteSession } from '../api/invite-session.js';
import type { NotifierSubscription } from '../api/notifier-subscription.js';
import type { OutgoingInvite } from '../api/outgoing-invite.js';
import type { IncomingRefer } from '../api/refer.js';
import type { Subscription } from '../api/subscription.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';
import { alterMessage } from './alter-message.js';
import { ACTIONS } from './call-actions.js';
import type { CallAction, CallSides } from './call-actions.js';
import { MemoryNetwork } from './memory-network.js';
import { SeededRandom } from './seeded-random.js';
import { ALICE, ANSWER, BOB, SDP } from './test-bed.js';
import { VirtualClock } from './virtual-clock.js';

const CAROL = { host: '10.0.0.3', port: 5060 } as const;

/** One call: its network, its people, and what they do when. */
export interface CallPlan {
  readonly seed: number;
  /** Part of the datagrams that have something wrong with them. */
  readonly altered: number;
  /** Part of the messages that are lost, and that come twice. */
  readonly loss: number;
  readonly doubled: number;
  /** Longest delay, milliseconds: messages overtake each other. */
  readonly delay: number;
  readonly offerless: boolean;
  /** INVITE and CANCEL reach Carol too. */
  readonly forked: boolean;
  /** What is done with later offers. */
  readonly answers: 'at once' | 'late' | 'refuses' | 'rings first' | 'never';
  /** Session timers, short ones. */
  readonly timer: boolean;
  /** Over TCP, whose connections may break. */
  readonly streams: boolean;
  /** A PRACK brings an offer of its own where it may. */
  readonly offersInPrack: boolean;
  /** What becomes of a REFER. */
  readonly transfers: 'declined' | 'accepted' | 'never told of';
  /** What happens, and how many milliseconds pass after it. */
  readonly steps: readonly (readonly [CallAction, number])[];
}

export interface CallRemains {
  /** What is left of anything, by name; empty when all is gone. */
  readonly left: Record<string, number>;
  readonly errors: readonly unknown[];
  /** Ends that were told not once. */
  readonly wrong: readonly string[];
}

/** Runs one plan to its end, hangs everything up, lets all timers run out, and tells what remains. */
export async function followPlan(plan: CallPlan): Promise<CallRemains> {
  const run = new InterleavedCall(plan);
  await run.open();
  run.call(undefined);
  for (const [action, milliseconds] of plan.steps) {
    ACTIONS[action](run);
    await run.clock.advance(milliseconds);
  }
  return run.remains();
}

class InterleavedCall implements CallSides {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly invites: OutgoingInvite[] = [];
  readonly ringing: IncomingInvite[] = [];
  readonly caller: InviteSession[] = [];
  readonly callee: InviteSession[] = [];
  private readonly watched: Subscription[] = [];
  private readonly notifiers: NotifierSubscription[] = [];
  private readonly errors: unknown[] = [];
  private readonly agents: SipUserAgent[] = [];
  /** How often each dialog's end was told. */
  private readonly ends = new Map<InviteSession, number>();
  /** How often each call's outcome was told. */
  private readonly outcomes = new Map<OutgoingInvite, number>();
  private alice!: SipUserAgent;

  constructor(private readonly plan: CallPlan) {
    const random = new SeededRandom(plan.seed);
    const { loss, doubled, delay } = plan;
    this.network.fate = () => {
      if (random.next() < loss) return [];
      const once = 1 + random.next() * delay;
      return random.next() < doubled ? [once, 1 + random.next() * delay] : [once];
    };
    this.network.alter = (bytes) =>
      random.next() < plan.altered ? alterMessage(bytes, (below) => Math.floor(random.next() * below)) : bytes;
    if (plan.forked) {
      this.network.alsoTo = ({ to, text }) =>
        to === `${BOB.host}:5060` && /^(INVITE|CANCEL|ACK) /.test(text) && !/^To:.*;tag=/m.test(text)
          ? [`${CAROL.host}:5060`]
          : [];
    }
  }

  async open(): Promise<void> {
    this.alice = await this.agent(ALICE);
    for (const address of [BOB, CAROL]) this.answerCalls(await this.agent(address));
  }

  call(callId: string | undefined): void {
    const invite = this.alice.invite({
      target: this.target,
      from: 'sip:alice@a.example',
      ...(this.plan.offerless ? {} : { sdp: SDP }),
      ...(callId === undefined ? {} : { callId }),
    });
    this.invites.push(invite);
    const told = (): unknown => this.outcomes.set(invite, (this.outcomes.get(invite) ?? 0) + 1);
    invite
      .on('progress', (_, __, about) => {
        if (about.dialog !== undefined) this.follow(about.dialog, 'caller');
        if (about.meaning === 'offer' || this.plan.offersInPrack) void about.acknowledge({ sdp: SDP });
      })
      .on('accepted', (session) => {
        told();
        this.follow(session, 'caller');
        session.acknowledge({ sdp: SDP });
      })
      .on('rejected', told);
  }

  private get target(): string {
    return `sip:bob@${BOB.host}${this.plan.streams ? ';transport=tcp' : ''}`;
  }

  watch(): void {
    if (this.watched.length >= 3) return;
    const options = { target: this.target, from: 'sip:alice@a.example', event: 'lamp', expiresSeconds: 60 };
    this.watched.push(this.alice.subscribe({ ...options, retry: false }));
  }

  showOthers(): void {
    for (const notifier of this.notifiers) void notifier.notify({ contentType: 'text/plain', body: 'changed' });
  }

  breakConnections(): void {
    this.network.breakStreams();
  }

  callAgain(): void {
    if (this.invites.length < 4) this.call(this.invites[0]?.callId);
  }

  /** Another process takes the address: it knows of no call. The old one hears nothing any more. */
  restartCallee(): void {
    if (this.agents.length < 6) void this.agent(BOB).then((agent) => this.answerCalls(agent));
  }

  accepted(session: InviteSession): void {
    this.follow(session, 'callee');
  }

  async remains(): Promise<CallRemains> {
    for (const invite of this.invites) invite.cancel();
    for (const invite of this.ringing) invite.reject(480);
    for (const subscription of this.watched) void subscription.close();
    await this.clock.advance(150_000);
    // An INVITE may come after its caller has given up; whoever answers calls gives up too.
    for (const invite of this.ringing) invite.reject(480);
    for (const session of [...this.caller, ...this.callee]) void session.bye();
    await this.clock.advance(400_000);
    // Each open connection is watched by one timer.
    const open = this.agents.reduce((sum, agent) => sum + agent.stats().connections, 0);
    const left: Record<string, number> = { timers: this.clock.pending - open };
    for (const [at, agent] of this.agents.entries()) {
      const { clientTransactions, serverTransactions, dialogs, subscriptions } = agent.stats();
      left[`agent ${at} subscriptions`] = subscriptions;
      left[`agent ${at} client transactions`] = clientTransactions;
      left[`agent ${at} server transactions`] = serverTransactions;
      left[`agent ${at} dialogs`] = dialogs;
    }
    const wrong: string[] = [];
    for (const invite of this.invites) {
      const told = this.outcomes.get(invite) ?? 0;
      if (told !== 1) wrong.push(`outcome told ${told} times`);
    }
    for (const [session, told] of this.ends) {
      if (told !== 1 || session.state !== 'ended') wrong.push(`${session.role} told ${told} ends, ${session.state}`);
    }
    return {
      left: Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0)),
      errors: this.errors,
      wrong,
    };
  }

  private answerCalls(agent: SipUserAgent): void {
    agent.on('invite', (invite) => {
      this.ringing.push(invite);
      this.follow(invite.dialog, 'callee');
      this.clock.setTimeout(() => invite.reject(480), 90_000);
    });
    agent.on('subscribe', (subscribe) => {
      const notifier = subscribe.accept({ expires: Math.min(subscribe.expires ?? 60, 60) });
      this.notifiers.push(notifier);
      void notifier.notify({ contentType: 'text/plain', body: 'state' });
    });
  }

  private follow(session: InviteSession, side: 'caller' | 'callee'): void {
    if (this.ends.has(session)) return;
    this.ends.set(session, 0);
    this[side].push(session);
    const sdp = side === 'caller' ? SDP : ANSWER;
    session
      .on('reinvite', (offer) => this.answer(offer, sdp))
      .on('update', (offer) => {
        if (this.plan.answers !== 'never') offer.accept(offer.offer === undefined ? {} : { sdp });
      })
      .on('prack', (prack) => {
        if (prack.offer !== undefined) prack.accept({ sdp });
      })
      .on('info', (info) => info.reply(200))
      .on('refer', (refer) => this.transfer(refer))
      .on('ended', () => this.ends.set(session, (this.ends.get(session) ?? 0) + 1));
  }

  private transfer(refer: IncomingRefer): void {
    if (this.plan.transfers === 'declined') {
      refer.reply(603);
      return;
    }
    const referral = refer.accept();
    if (this.plan.transfers === 'never told of') return;
    this.clock.setTimeout(() => void referral.notify(180), 300);
    this.clock.setTimeout(() => void referral.notify(200), 2000);
  }

  private answer(offer: IncomingOffer, sdp: string): void {
    switch (this.plan.answers) {
      case 'at once':
        offer.accept({ sdp });
        break;
      case 'late':
        this.clock.setTimeout(() => offer.accept({ sdp }), 1500);
        break;
      case 'refuses':
        offer.reject(488);
        break;
      case 'rings first':
        offer.progress(183, { sdp, reliable: 'if-supported' });
        this.clock.setTimeout(() => offer.reject(488), 1500);
        break;
      case 'never':
        break;
    }
  }

  private async agent(address: { host: string; port: number }): Promise<SipUserAgent> {
    const agent = await SipUserAgent.open(
      {
        listen: [{ protocol: this.plan.streams ? 'tcp' : 'udp', ...address }],
        clock: this.clock,
        logger: { debug() {}, info() {}, warn() {}, error: (details: unknown) => this.errors.push(details) },
        random: new SeededRandom(this.plan.seed + this.agents.length),
        sessionTimer: { expiresSeconds: this.plan.timer ? 90 : 0, minimumSeconds: 90 },
      },
      this.network,
    );
    this.agents.push(agent);
    return agent;
  }
}
