import type { SipResponse } from '@carillon/sip-message';
import { ClientTransactionParts } from './client-transaction.js';
import type { ClientListener, SentRequest } from './client-transaction.js';
import { NON_INVITE_CLIENT } from './non-invite-client.machine.js';
import type { NonInviteClientAction, NonInviteClientEvent, NonInviteClientState } from './non-invite-client.machine.js';
import type { TransactionContext } from './transaction-context.js';

/** Runs {@link NON_INVITE_CLIENT} for one request that was sent. */
export class NonInviteClientTransaction {
  private state: NonInviteClientState = 'trying';
  private readonly parts: ClientTransactionParts;
  private response: SipResponse | undefined;

  constructor(
    readonly sent: SentRequest,
    context: TransactionContext,
    private readonly users: { listener: ClientListener; terminated: () => void },
  ) {
    this.parts = new ClientTransactionParts(sent, context, users.listener);
  }

  get key(): string {
    return this.sent.key;
  }

  begin(): void {
    this.run('startTimerE');
    this.parts.startEnd(64 * this.parts.context.timers.t1, () => this.step('timerF'));
    this.parts.begin(
      () => this.step('transportError'),
      () => this.step('flowClosed'),
    );
  }

  receive(response: SipResponse): void {
    this.response = response;
    this.step(response.status < 200 ? 'provisional' : 'final');
  }

  /** Ends without telling anyone, for closing down. */
  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.parts.release();
    this.users.terminated();
  }

  private step(event: NonInviteClientEvent): void {
    const { next, actions } = NON_INVITE_CLIENT[this.state][event];
    const ends = next === 'terminated' && this.state !== 'terminated';
    this.state = next;
    if (ends) {
      this.parts.release();
      this.users.terminated();
    }
    for (const action of actions) this.run(action);
  }

  private run(action: NonInviteClientAction): void {
    const { parts } = this;
    const { timers } = parts.context;
    switch (action) {
      case 'resend':
        return parts.resend(() => this.step('transportError'));
      case 'startTimerE':
        return parts.startRetransmit(() => this.step('timerE'), timers.t2);
      case 'slowTimerE':
        return parts.slowRetransmit(() => this.step('timerE'));
      case 'stopTimers':
        return parts.stopTimers();
      case 'deliver':
        if (this.response !== undefined) this.users.listener.response(this.response);
        return undefined;
      case 'startTimerK':
        return parts.startEnd(parts.reliable ? 0 : timers.t4, () => this.step('timerK'));
      case 'informTimeout':
        return this.users.listener.timeout();
      case 'informTransportError':
        return this.users.listener.transportError(parts.lastError);
    }
  }
}
