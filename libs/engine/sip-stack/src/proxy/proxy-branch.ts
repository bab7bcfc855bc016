import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { ProxyTarget } from '../api/routed-request.js';
import type { Clock, TimerHandle } from '../clock.js';
import type { ClientListener } from '../transaction/client-transaction.js';
import type { TransactionLayer } from '../transaction/transaction-layer.js';
import type { SendingRequest } from '../user-agent/request-sender.js';
import { PROXY_BRANCH } from './branch.machine.js';
import type { BranchAction, BranchEvent, BranchState } from './branch.machine.js';

/** What a branch tells the context that it belongs to. */
export interface BranchOwner {
  /** A response that goes back at once: provisional, or 2xx. */
  forward(response: SipResponse, branch: ProxyBranch): void;
  /** A final response that competes with the others'; a status alone when the branch never brought one. */
  collect(final: SipResponse | 408 | 503, branch: ProxyBranch): void;
}

/** What all branches of a request share. */
export interface BranchContext {
  readonly clock: Clock;
  readonly transactions: TransactionLayer;
  readonly t1: number;
  readonly timerC: number;
  readonly isInvite: boolean;
}

/** Runs {@link PROXY_BRANCH} for one target. */
export class ProxyBranch implements ClientListener {
  readonly passesOn = true;
  sending: SendingRequest | undefined;
  /** Called off because nobody answered in time. */
  rungOut = false;
  /** Nobody waits for its final response any more. */
  givenUp = false;
  private state: BranchState = 'trying';
  private timer: TimerHandle | undefined;
  private current: SipResponse | undefined;
  private reasons: readonly HeaderLine[] = [];

  constructor(
    readonly target: ProxyTarget,
    private readonly context: BranchContext,
    private readonly owner: BranchOwner,
  ) {
    if (context.isInvite) this.arm(context.timerC);
  }

  get done(): boolean {
    return this.state === 'done';
  }

  /** The final response is still waited for. */
  get open(): boolean {
    return this.state !== 'done' && !this.givenUp;
  }

  /** Nothing has come, not even a 100: it cannot be cancelled yet (§9.1). */
  get silent(): boolean {
    return this.state === 'trying' || this.state === 'waiting';
  }

  /** @param reasons Reason lines for the CANCEL (RFC 3326) */
  cancel(reasons: readonly HeaderLine[]): void {
    // Only INVITE is cancelled (§9.1); anything else is waited for.
    if (!this.context.isInvite) return;
    this.reasons = reasons;
    // The next server, should this one fail, is not asked any more.
    if (this.sending !== undefined) this.sending.abandoned = true;
    this.step('cancel');
  }

  /** Ends without a word, for closing down. */
  close(): void {
    if (this.sending !== undefined) this.sending.abandoned = true;
    this.state = 'done';
    this.run('stopTimerC');
  }

  response(response: SipResponse): void {
    this.current = response;
    const { status } = response;
    if (status < 200) this.step(status === 100 ? 'trying' : 'provisional');
    else this.step(status < 300 ? 'success' : 'failure');
    this.current = undefined;
  }

  timeout(): void {
    this.step('timeout');
  }

  transportError(): void {
    this.step('transportError');
  }

  private step(event: BranchEvent): void {
    const { next, actions } = PROXY_BRANCH[this.state][event];
    this.state = next;
    for (const action of actions) this.run(action);
  }

  private run(action: BranchAction): void {
    const { context, owner, current: response } = this;
    switch (action) {
      case 'forward':
        if (response !== undefined) owner.forward(response, this);
        return undefined;
      case 'collect':
        if (response !== undefined) owner.collect(response, this);
        return undefined;
      case 'collectTimeout':
        return owner.collect(408, this);
      case 'collectUnreachable':
        // §16.9: as if 503 had come.
        return owner.collect(503, this);
      case 'startTimerC':
        return context.isInvite ? this.arm(context.timerC) : undefined;
      case 'awaitCancelled':
        return this.arm(64 * context.t1);
      case 'stopTimerC':
        if (this.timer !== undefined) context.clock.clearTimeout(this.timer);
        this.timer = undefined;
        return undefined;
      case 'sendCancel':
        if (this.sending?.invite !== undefined) context.transactions.cancel(this.sending.invite, this.reasons);
        return undefined;
      case 'abandon':
        this.timer = undefined;
        if (this.sending !== undefined) this.sending.abandoned = true;
        this.sending?.invite?.terminate();
        return undefined;
    }
  }

  private arm(milliseconds: number): void {
    const { clock } = this.context;
    if (this.timer !== undefined) clock.clearTimeout(this.timer);
    this.timer = clock.setTimeout(() => this.step('timerC'), milliseconds);
  }
}
