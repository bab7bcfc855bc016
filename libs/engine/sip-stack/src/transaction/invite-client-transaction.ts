import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import { buildRequest } from '@carillon/sip-message';
import { ClientTransactionParts } from './client-transaction.js';
import type { ClientListener, SentRequest } from './client-transaction.js';
import { INVITE_CLIENT } from './invite-client.machine.js';
import type { InviteClientAction, InviteClientEvent, InviteClientState } from './invite-client.machine.js';
import type { TransactionContext } from './transaction-context.js';

/** What ACK and CANCEL copy from their INVITE. */
export interface SentInvite extends SentRequest {
  readonly uri: string;
  readonly via: string;
  readonly headers: readonly HeaderLine[];
}

/** Headers of the INVITE that ACK (§17.1.1.3) and CANCEL (§9.1) carry too. */
const COPIED = new Set(['route', 'from', 'call-id', 'max-forwards', 'authorization', 'proxy-authorization']);

/** Runs {@link INVITE_CLIENT} for one INVITE that was sent. */
export class InviteClientTransaction {
  private state: InviteClientState = 'calling';
  private readonly parts: ClientTransactionParts;
  private response: SipResponse | undefined;
  private ack: Buffer | undefined;

  constructor(
    readonly invite: SentInvite,
    context: TransactionContext,
    private readonly users: { listener: ClientListener; terminated: () => void },
  ) {
    this.parts = new ClientTransactionParts(invite, context, users.listener);
  }

  get key(): string {
    return this.invite.key;
  }

  begin(): void {
    const { t1 } = this.parts.context.timers;
    this.run('startTimerA');
    this.parts.startEnd(64 * t1, () => this.step('timerB'));
    this.parts.begin(
      () => this.step('transportError'),
      () => this.step('flowClosed'),
    );
  }

  receive(response: SipResponse): void {
    this.response = response;
    this.step(response.status < 200 ? 'provisional' : response.status < 300 ? 'success' : 'failure');
  }

  /** Parts of a CANCEL: same Request-URI, Via, From, To, Call-ID and CSeq number (§9.1). */
  cancelHeaders(sequence: number, extra: readonly HeaderLine[]): HeaderLine[] {
    const to = this.invite.headers.find(([name]) => name === 'To')?.[1] ?? '';
    return [['Via', this.invite.via], ...this.copied(), ['To', to], ['CSeq', `${sequence} CANCEL`], ...extra];
  }

  /** Ends without telling anyone, for closing down. */
  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.parts.release();
    this.users.terminated();
  }

  private step(event: InviteClientEvent): void {
    const { next, actions } = INVITE_CLIENT[this.state][event];
    const ends = next === 'terminated' && this.state !== 'terminated';
    this.state = next;
    if (ends) {
      this.parts.release();
      this.users.terminated();
    }
    for (const action of actions) this.run(action);
  }

  private run(action: InviteClientAction): void {
    const { parts } = this;
    const { timers } = parts.context;
    switch (action) {
      case 'resend':
        return parts.resend(() => this.step('transportError'));
      case 'startTimerA':
        return parts.startRetransmit(() => this.step('timerA'), Number.POSITIVE_INFINITY);
      case 'stopTimers':
        return parts.stopTimers();
      case 'deliver':
        if (this.response !== undefined) this.users.listener.response(this.response);
        return undefined;
      case 'sendAck':
        return this.sendAck();
      case 'startTimerD':
        return parts.startEnd(parts.reliable ? 0 : timers.timerD, () => this.step('timerD'));
      case 'startTimerM':
        return parts.startEnd(64 * timers.t1, () => this.step('timerM'));
      case 'informTimeout':
        return this.users.listener.timeout();
      case 'informTransportError':
        return this.users.listener.transportError(parts.lastError);
    }
  }

  /** ACK of a failure belongs to this transaction and takes its Via (§17.1.1.3). */
  private sendAck(): void {
    if (this.ack === undefined) {
      const to = this.response?.header('To') ?? '';
      const sequence = this.response?.cseq?.sequence ?? 1;
      const headers: HeaderLine[] = [
        ['Via', this.invite.via],
        ...this.copied(),
        ['To', to],
        ['CSeq', `${sequence} ACK`],
      ];
      this.ack = buildRequest({ method: 'ACK', uri: this.invite.uri, headers });
    }
    this.invite.flow.send(this.ack, () => this.step('transportError'));
  }

  private copied(): HeaderLine[] {
    return this.invite.headers.filter(([name]) => COPIED.has(name.toLowerCase()));
  }
}
