import type { SipResponse } from '@carillon/sip-message';
import type { TimerHandle } from '../clock.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransactionContext } from './transaction-context.js';

/** What a client transaction tells its user. After a timeout or transport error nothing follows. */
export interface ClientListener {
  response(response: SipResponse): void;
  timeout(): void;
  transportError(error: Error): void;
}

/** A request as it was sent, ready to be sent again. */
export interface SentRequest {
  readonly key: string;
  readonly branch: string;
  readonly flow: SipFlow;
  readonly bytes: Buffer;
}

/** Timers and the flow of one client transaction: what both machines need to act. */
export class ClientTransactionParts {
  private retransmitTimer: TimerHandle | undefined;
  private endTimer: TimerHandle | undefined;
  private interval: number;
  private forgetFlow: () => void = () => undefined;
  lastError = new Error('Connection closed');

  constructor(
    readonly sent: SentRequest,
    readonly context: TransactionContext,
    readonly listener: ClientListener,
  ) {
    this.interval = context.timers.t1;
  }

  get reliable(): boolean {
    return this.sent.flow.reliable;
  }

  /** First sending; errors come back through `failed`, later. */
  begin(failed: () => void, flowClosed: () => void): void {
    this.write(failed);
    if (this.reliable) this.forgetFlow = this.sent.flow.onClosed(flowClosed);
  }

  resend(failed: () => void): void {
    this.context.resent();
    this.write(failed);
  }

  /** Starts timer A or E at T1, then doubles: without limit for INVITE, up to T2 otherwise. */
  startRetransmit(then: () => void, maximum: number): void {
    if (this.reliable) return;
    const { clock } = this.context;
    this.retransmitTimer = clock.setTimeout(then, Math.min(this.interval, maximum));
    this.interval = Math.min(this.interval * 2, maximum);
  }

  /** Timer E in Proceeding always waits T2 (§17.1.2.2). */
  slowRetransmit(then: () => void): void {
    if (this.reliable) return;
    this.retransmitTimer = this.context.clock.setTimeout(then, this.context.timers.t2);
  }

  /** Starts timer B, D, F, K or M; zero fires at once. */
  startEnd(milliseconds: number, then: () => void): void {
    if (this.endTimer !== undefined) this.context.clock.clearTimeout(this.endTimer);
    if (milliseconds === 0) {
      this.endTimer = undefined;
      queueMicrotask(then);
    } else this.endTimer = this.context.clock.setTimeout(then, milliseconds);
  }

  stopTimers(): void {
    const { clock } = this.context;
    if (this.retransmitTimer !== undefined) clock.clearTimeout(this.retransmitTimer);
    if (this.endTimer !== undefined) clock.clearTimeout(this.endTimer);
    this.retransmitTimer = undefined;
    this.endTimer = undefined;
  }

  release(): void {
    this.stopTimers();
    this.forgetFlow();
  }

  private write(failed: () => void): void {
    this.sent.flow.send(this.sent.bytes, (error) => {
      this.lastError = error;
      failed();
    });
  }
}
