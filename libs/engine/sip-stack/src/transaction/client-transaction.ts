import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { TimerHandle } from '../clock.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { buildAck, buildCancel } from './derived-requests.js';
import { INVITE_CLIENT } from './invite-client.machine.js';
import type { InviteClientAction, InviteClientEvent, InviteClientState } from './invite-client.machine.js';
import { NON_INVITE_CLIENT } from './non-invite-client.machine.js';
import type { NonInviteClientAction, NonInviteClientEvent, NonInviteClientState } from './non-invite-client.machine.js';
import { ownMemory } from './own-memory.js';
import type { TransactionContext } from './transaction-context.js';
import type { Transition } from './transition.js';

/** What a client transaction tells its user. After a timeout or transport error nothing follows. */
export interface ClientListener {
  response(response: SipResponse): void;
  timeout(): void;
  transportError(error: Error): void;
  /** An INVITE was accepted by a server that had been left for its silence. */
  late?(response: SipResponse, flow: SipFlow): void;
  /** Takes responses unchecked: a proxy passes on what it does not read (RFC 3261 §16.3 item 1). */
  readonly passesOn?: boolean;
}

/** A request as it was sent, ready to be sent again. */
export interface SentRequest {
  readonly key: string;
  readonly method: string;
  readonly branch: string;
  /** `host:port` of its Via, lower case. */
  readonly sentBy: string;
  readonly flow: SipFlow;
  readonly bytes: Buffer;
}

/** Who keeps the transaction: told its key when it ends. */
export interface ClientTransactionOwner {
  forgetClient(key: string): void;
}

type State = InviteClientState | NonInviteClientState;
type Event = InviteClientEvent | NonInviteClientEvent;
type Action = InviteClientAction | NonInviteClientAction;
type Machine = Readonly<Record<string, Readonly<Partial<Record<Event, Transition<State, Action>>>>>>;

const INVITE_MACHINE: Machine = INVITE_CLIENT;
const NON_INVITE_MACHINE: Machine = NON_INVITE_CLIENT;
const NOTHING: Buffer = Buffer.alloc(0);

/** Runs {@link INVITE_CLIENT} or {@link NON_INVITE_CLIENT} for one request that was sent (RFC 3261 §17.1, RFC 6026). */
export class ClientTransaction {
  readonly key: string;
  readonly branch: string;
  readonly sentBy: string;
  readonly flow: SipFlow;
  readonly isInvite: boolean;
  /** Takes responses unchecked. */
  readonly passesOn: boolean;
  /** Of a request that is no INVITE: until its final response. */
  private listener: ClientListener | undefined;
  /** The request, until a final response makes it useless: half a minute of them would fill the memory. */
  private bytes: Buffer;
  private state: State;
  private ack: Buffer | undefined;
  private response: SipResponse | undefined;
  private retransmitTimer: TimerHandle | undefined;
  private endTimer: TimerHandle | undefined;
  private interval: number;
  private lastError: Error | undefined;
  private forgetFlow: (() => void) | undefined;

  constructor(
    sent: SentRequest,
    private readonly context: TransactionContext,
    private readonly owner: ClientTransactionOwner,
    listener: ClientListener,
  ) {
    this.listener = listener;
    this.passesOn = listener.passesOn === true;
    this.key = sent.key;
    this.branch = sent.branch;
    this.sentBy = sent.sentBy;
    this.flow = sent.flow;
    this.bytes = sent.bytes;
    this.isInvite = sent.method === 'INVITE';
    this.state = this.isInvite ? 'calling' : 'trying';
    this.interval = context.timers.t1;
  }

  /** First sending; errors come back as events, later. */
  begin(): void {
    this.run(this.isInvite ? 'startTimerA' : 'startTimerE');
    this.startEnd(64 * this.context.timers.t1, this.isInvite ? 'timerB' : 'timerF');
    this.write(this.bytes);
    if (this.flow.reliable) this.forgetFlow = this.flow.onClosed(() => this.step('flowClosed'));
  }

  /** Sent by another process, and heard of there: what comes of it comes here (§17.1.1.2, Proceeding). */
  goOn(): void {
    this.state = 'proceeding';
    if (this.flow.reliable) this.forgetFlow = this.flow.onClosed(() => this.step('flowClosed'));
  }

  receive(response: SipResponse): void {
    const { status } = response;
    this.response = response;
    if (status < 200) this.step('provisional');
    else if (!this.isInvite) this.step('final');
    else this.step(status < 300 ? 'success' : 'failure');
    this.response = undefined;
    if (!this.isInvite && this.state === 'completed') this.listener = undefined;
  }

  /** The request; nothing once it has its final response. */
  get request(): Buffer {
    return this.bytes;
  }

  /** The CANCEL of this INVITE (§9.1); undefined when it has its final response already. */
  cancelBytes(extra: readonly HeaderLine[]): Buffer | undefined {
    return this.bytes.length === 0 ? undefined : buildCancel(this.bytes, extra);
  }

  /** Nobody waits for it any more: what is not heard of it need not be. */
  stopRepeating(): void {
    if (this.retransmitTimer !== undefined) this.context.clock.clearTimeout(this.retransmitTimer);
    this.retransmitTimer = undefined;
  }

  /** Ends without telling anyone. */
  terminate(): void {
    if (this.state === 'terminated') return;
    this.end();
  }

  private step(event: Event): void {
    const cell = (this.isInvite ? INVITE_MACHINE : NON_INVITE_MACHINE)[this.state]?.[event];
    if (cell === undefined) return;
    if (cell.next === 'terminated' && this.state !== 'terminated') this.end();
    else this.state = cell.next;
    for (const action of cell.actions) this.run(action);
  }

  private end(): void {
    this.state = 'terminated';
    this.stopTimers();
    this.forgetFlow?.();
    this.bytes = NOTHING;
    this.owner.forgetClient(this.key);
  }

  private run(action: Action): void {
    const { timers } = this.context;
    const { reliable } = this.flow;
    switch (action) {
      case 'resend':
        this.context.resent();
        return this.write(this.bytes);
      case 'startTimerA':
        // §17.1.1.2: doubles without limit.
        return this.startRetransmit('timerA', Number.POSITIVE_INFINITY);
      case 'startTimerE':
        return this.startRetransmit('timerE', timers.t2);
      case 'slowTimerE':
        // §17.1.2.2: always T2 in Proceeding.
        this.interval = timers.t2;
        return this.startRetransmit('timerE', timers.t2);
      case 'stopTimers':
        return this.stopTimers();
      case 'deliver':
        if (this.response !== undefined) this.listener?.response(this.response);
        return undefined;
      case 'sendAck':
        return this.sendAck();
      case 'startTimerD':
        return this.startEnd(reliable ? 0 : timers.timerD, 'timerD');
      case 'startTimerM':
        this.bytes = NOTHING;
        return this.startEnd(64 * timers.t1, 'timerM');
      case 'startTimerK':
        this.bytes = NOTHING;
        return this.startEnd(reliable ? 0 : timers.t4, 'timerK');
      case 'informTimeout':
        return this.listener?.timeout();
      case 'informTransportError':
        return this.listener?.transportError(this.lastError ?? new Error('Connection closed'));
    }
  }

  /** ACK of a failure belongs to this transaction and goes where the INVITE went (§17.1.1.3). */
  private sendAck(): void {
    if (this.ack === undefined && this.response !== undefined) {
      const ack = buildAck(this.bytes, this.response.header('To') ?? '');
      this.ack = ack === undefined ? undefined : ownMemory(ack);
      this.bytes = NOTHING;
    }
    if (this.ack !== undefined) this.write(this.ack);
  }

  private write(bytes: Buffer): void {
    this.flow.send(bytes, (error) => {
      this.lastError = error;
      this.step('transportError');
    });
  }

  private startRetransmit(event: 'timerA' | 'timerE', maximum: number): void {
    if (this.flow.reliable) return;
    this.retransmitTimer = this.context.clock.setTimeout(() => this.step(event), Math.min(this.interval, maximum));
    this.interval = Math.min(this.interval * 2, maximum);
  }

  /** Zero fires at once: over reliable transports nothing comes twice (§17.1.1.2, §17.1.2.2). */
  private startEnd(milliseconds: number, event: Event): void {
    const { clock } = this.context;
    if (this.endTimer !== undefined) clock.clearTimeout(this.endTimer);
    this.endTimer = undefined;
    if (milliseconds === 0) queueMicrotask(() => this.step(event));
    else this.endTimer = clock.setTimeout(() => this.step(event), milliseconds);
  }

  private stopTimers(): void {
    this.stopRepeating();
    if (this.endTimer !== undefined) this.context.clock.clearTimeout(this.endTimer);
    this.endTimer = undefined;
  }
}
