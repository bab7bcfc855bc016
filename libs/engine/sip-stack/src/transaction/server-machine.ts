import type { SipRequest } from '@carillon/sip-message';
import type { TimerHandle } from '../clock.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { INVITE_SERVER } from './invite-server.machine.js';
import type { InviteServerAction, InviteServerEvent, InviteServerState } from './invite-server.machine.js';
import { NON_INVITE_SERVER } from './non-invite-server.machine.js';
import { ownMemory } from './own-memory.js';
import type { NonInviteServerAction, NonInviteServerEvent, NonInviteServerState } from './non-invite-server.machine.js';
import type { ServerTransaction } from './server-transaction.js';
import type { TransactionContext } from './transaction-context.js';
import type { Transition } from './transition.js';

/** What a server machine is made of. */
export interface ServerMachineParts {
  readonly isInvite: boolean;
  /** Where responses go (§18.2.2): asked each time, for a connection may be gone. */
  readonly replyFlow: () => SipFlow;
  readonly reliable: boolean;
  readonly context: TransactionContext;
  readonly owner: {
    /** From now on what comes with the key of this request is its own. @returns the key */
    rememberServer(request: SipRequest, machine: ServerMachine): string;
    forgetServer(key: string, machine: ServerMachine): void;
  };
}

type State = InviteServerState | NonInviteServerState;
type Event = InviteServerEvent | NonInviteServerEvent;
type Action = InviteServerAction | NonInviteServerAction;
type Machine = Readonly<Record<string, Readonly<Partial<Record<Event, Transition<State, Action>>>>>>;

const INVITE_MACHINE: Machine = INVITE_SERVER;
const NON_INVITE_MACHINE: Machine = NON_INVITE_SERVER;

/**
 * Runs {@link INVITE_SERVER} or {@link NON_INVITE_SERVER}. It outlives its request: once the final response is given
 * it forgets the transaction's user and the message, and keeps only what absorbs and answers repeats.
 *
 * ```text
 * made --respondOnce--> over: nobody ever knew of it (RFC 3261 §8.2.7)
 *   `--respond | wait--> remembered: repeats come here, timers run
 * ```
 */
export class ServerMachine {
  /** The request and its user, while it waits for its final response. */
  transaction: ServerTransaction | undefined;
  /** Called when a response could not be sent, a failure was never acknowledged, or nobody waits for an answer any more. */
  onFailed: (() => void) | undefined;
  /** A final response has been given. */
  answered = false;
  /** The To tag that we gave in it, if any: the 200 to a late CANCEL has the same (RFC 3261 §9.2). */
  givenTag: string | undefined;
  /** What it has in common with the same request over another way, where it came first (§8.2.2.2). */
  mergeKey: string | undefined;
  /** Where the owner keeps it; undefined while nobody knows of it. */
  private key: string | undefined;
  private state: State;
  private lastResponse: Buffer | undefined;
  private retransmitTimer: TimerHandle | undefined;
  private endTimer: TimerHandle | undefined;
  private interval: number;

  constructor(private readonly parts: ServerMachineParts) {
    this.state = parts.isInvite ? 'proceeding' : 'trying';
    this.interval = parts.context.timers.t1;
  }

  get isInvite(): boolean {
    return this.parts.isInvite;
  }

  /** A response has gone out. */
  get hasSpoken(): boolean {
    return this.answered || this.lastResponse !== undefined;
  }

  /** Nothing comes of it any more. */
  get over(): boolean {
    return this.state === 'terminated';
  }

  /** The answer is not there yet: repeats are absorbed meanwhile, and the peer hears a 100 when it takes long. */
  wait(): void {
    if (this.key !== undefined || this.over) return;
    this.remember();
    const { t1, t2 } = this.parts.context.timers;
    // RFC 4320 §4.1: as long as a client's timer E needs to be reset to T2. An INVITE gets its 100 in 200 ms (§17.2.1).
    this.startEnd(this.isInvite ? TRYING_MILLISECONDS : timeToLongestInterval(t1, t2), 'timer100');
  }

  /** Takes a response or not: after a final one only a 2xx to INVITE passes again. */
  respond(status: number, bytes: Buffer): void {
    const { state, isInvite } = this;
    const open =
      state === 'proceeding' || state === 'trying' || (state === 'accepted' && status >= 200 && status < 300);
    if (!open) return;
    if (status < 200) this.wait();
    else this.remember();
    this.lastResponse = status >= 200 && status < 300 && !isInvite ? ownMemory(bytes) : bytes;
    if (status >= 200) {
      this.answered = true;
      this.givenTag = this.transaction?.givenTag;
      this.transaction = undefined;
    }
    if (status < 200) this.step('provisional');
    else if (!isInvite) this.step('final');
    else this.step(status < 300 ? 'success' : 'failure');
    // Nothing sends it again: its user repeats a 2xx itself.
    if (this.state === 'accepted') this.lastResponse = undefined;
  }

  /** A response that the transaction has no place for any more, beside it (RFC 3261 §16.7 item 9). */
  sendBeside(bytes: Buffer): void {
    this.parts.replyFlow().send(bytes);
  }

  /** A final response that is sent and forgotten at once: no timer is started for it, and nobody is told how it went. */
  respondOnce(bytes: Buffer): void {
    if (this.answered || this.over) return;
    this.answered = true;
    this.parts.replyFlow().send(bytes);
    this.end();
  }

  retransmitted(): void {
    this.step('request');
  }

  acknowledged(): void {
    if (this.isInvite) this.step('ack');
  }

  /** Ends without telling anyone. */
  terminate(): void {
    if (!this.over) this.end();
  }

  private step(event: Event): void {
    const cell = (this.isInvite ? INVITE_MACHINE : NON_INVITE_MACHINE)[this.state]?.[event];
    if (cell === undefined) return;
    if (cell.next === 'terminated' && this.state !== 'terminated') this.end();
    else this.state = cell.next;
    for (const action of cell.actions) this.run(action);
    if (this.state === 'confirmed') this.lastResponse = undefined;
  }

  private end(): void {
    this.state = 'terminated';
    this.transaction = undefined;
    this.stopTimers();
    if (this.key !== undefined) this.parts.owner.forgetServer(this.key, this);
  }

  private remember(): void {
    if (this.key === undefined && this.transaction !== undefined)
      this.key = this.parts.owner.rememberServer(this.transaction.request, this);
  }

  private run(action: Action): void {
    const { context, reliable } = this.parts;
    const { timers } = context;
    switch (action) {
      case 'send':
        return this.write();
      case 'resend':
        // An INVITE that comes again wants to hear something, though its 200 ms are not over.
        if (this.lastResponse === undefined) return this.isInvite ? this.run('sendTrying') : undefined;
        context.resent();
        return this.write();
      case 'sendTrying':
        this.lastResponse = this.transaction?.build(100, {});
        return this.write();
      case 'startTimerG':
        // §17.2.1: only over unreliable transports; doubles up to T2.
        if (!reliable) {
          this.retransmitTimer = context.clock.setTimeout(() => this.step('timerG'), this.interval);
          this.interval = Math.min(this.interval * 2, timers.t2);
        }
        return undefined;
      case 'startTimerH':
        return this.startEnd(64 * timers.t1, 'timerH');
      case 'startTimerI':
        return this.startEnd(reliable ? 0 : timers.t4, 'timerI');
      case 'startTimerL':
        return this.startEnd(64 * timers.t1, 'timerL');
      case 'startTimerUnanswered':
        return this.startEnd(64 * timers.t1, 'timerUnanswered');
      case 'startTimerJ':
        return this.startEnd(reliable ? 0 : 64 * timers.t1, 'timerJ');
      case 'stopTimers':
        return this.stopTimers();
      case 'informNoAck':
      case 'informUnanswered':
      case 'informTransportError':
        return this.onFailed?.();
    }
  }

  private write(): void {
    const bytes = this.lastResponse;
    if (bytes !== undefined) this.parts.replyFlow().send(bytes, () => this.step('transportError'));
  }

  private startEnd(milliseconds: number, event: Event): void {
    const { clock } = this.parts.context;
    if (this.endTimer !== undefined) clock.clearTimeout(this.endTimer);
    this.endTimer = undefined;
    if (milliseconds === 0) queueMicrotask(() => this.step(event));
    else this.endTimer = clock.setTimeout(() => this.step(event), milliseconds);
  }

  private stopTimers(): void {
    const { clock } = this.parts.context;
    if (this.retransmitTimer !== undefined) clock.clearTimeout(this.retransmitTimer);
    if (this.endTimer !== undefined) clock.clearTimeout(this.endTimer);
    this.retransmitTimer = undefined;
    this.endTimer = undefined;
  }
}

/** Sooner than the 200 ms that a client is promised, for the way there. */
const TRYING_MILLISECONDS = 100;

/** T1 + 2*T1 + … until the interval would be T2: 3.5 s with the RFC's values. */
function timeToLongestInterval(t1: number, t2: number): number {
  let total = 0;
  for (let interval = t1; interval < t2; interval *= 2) total += interval;
  return Math.max(total, t1);
}
