import type { SipRequest } from '@carillon/sip-message';
import type { TimerHandle } from '../clock.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { INVITE_SERVER } from './invite-server.machine.js';
import type { InviteServerAction, InviteServerEvent, InviteServerState } from './invite-server.machine.js';
import { NON_INVITE_SERVER } from './non-invite-server.machine.js';
import type { NonInviteServerAction, NonInviteServerEvent, NonInviteServerState } from './non-invite-server.machine.js';
import { ResponseTemplate } from './response-template.js';
import type { ResponseBody } from './response-template.js';
import type { TransactionContext } from './transaction-context.js';

/** What a new server transaction is made of. */
export interface ServerTransactionParts {
  readonly key: string;
  readonly request: SipRequest;
  /** Where the request came from. */
  readonly source: SipFlow;
  /** Where responses go (§18.2.2): asked each time, for a connection may be gone. */
  readonly replyFlow: () => SipFlow;
  readonly localTag: string;
  readonly context: TransactionContext;
  readonly terminated: () => void;
}

/** Runs {@link INVITE_SERVER} or {@link NON_INVITE_SERVER} for one request that came. */
export class ServerTransaction {
  readonly key: string;
  readonly request: SipRequest;
  readonly source: SipFlow;
  readonly isInvite: boolean;
  /** Called when the final response could not be delivered, or a failure was never acknowledged. */
  onFailed: (() => void) | undefined;
  /** A final response has been given. */
  answered = false;
  private inviteState: InviteServerState = 'proceeding';
  private plainState: NonInviteServerState = 'trying';
  private lastResponse: Buffer | undefined;
  private retransmitTimer: TimerHandle | undefined;
  private endTimer: TimerHandle | undefined;
  private interval: number;
  private readonly template: ResponseTemplate;

  constructor(private readonly parts: ServerTransactionParts) {
    this.key = parts.key;
    this.request = parts.request;
    this.source = parts.source;
    this.isInvite = parts.request.method === 'INVITE';
    this.interval = parts.context.timers.t1;
    this.template = new ResponseTemplate(parts.request, parts.source, parts.localTag);
  }

  get localTag(): string {
    return this.request.toTag ?? this.template.localTag;
  }

  /** Sends a response. Calls after a final response are ignored, except a 2xx to INVITE again. */
  respond(status: number, parts: ResponseBody = {}): void {
    this.respondBytes(status, this.template.build(status, parts));
  }

  /** A response that is already built, e.g. a 2xx sent again. */
  respondBytes(status: number, bytes: Buffer): void {
    const next = this.isInvite ? this.inviteState : this.plainState;
    const open = next === 'proceeding' || next === 'trying' || (next === 'accepted' && status >= 200 && status < 300);
    if (!open) return;
    this.lastResponse = bytes;
    if (status >= 200) this.answered = true;
    if (this.isInvite) this.stepInvite(status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure');
    else this.stepPlain(status < 200 ? 'provisional' : 'final');
  }

  /** A response's octets, without sending them. */
  build(status: number, parts: ResponseBody): Buffer {
    return this.template.build(status, parts);
  }

  retransmitted(): void {
    if (this.isInvite) this.stepInvite('request');
    else this.stepPlain('request');
  }

  acknowledged(): void {
    if (this.isInvite) this.stepInvite('ack');
  }

  /** Ends without telling anyone, for closing down. */
  terminate(): void {
    if (this.inviteState === 'terminated' || this.plainState === 'terminated') return;
    this.inviteState = 'terminated';
    this.plainState = 'terminated';
    this.stopTimers();
    this.parts.terminated();
  }

  private stepInvite(event: InviteServerEvent): void {
    const { next, actions } = INVITE_SERVER[this.inviteState][event];
    const ends = next === 'terminated' && this.inviteState !== 'terminated';
    this.inviteState = next;
    if (ends) this.parts.terminated();
    for (const action of actions) this.run(action);
  }

  private stepPlain(event: NonInviteServerEvent): void {
    const { next, actions } = NON_INVITE_SERVER[this.plainState][event];
    const ends = next === 'terminated' && this.plainState !== 'terminated';
    this.plainState = next;
    if (ends) this.parts.terminated();
    for (const action of actions) this.run(action);
  }

  private run(action: InviteServerAction | NonInviteServerAction): void {
    const { timers } = this.parts.context;
    const { reliable } = this.source;
    switch (action) {
      case 'send':
        return this.write();
      case 'resend':
        if (this.lastResponse !== undefined) this.parts.context.resent();
        return this.write();
      case 'startTimerG':
        // §17.2.1: only over unreliable transports; doubles up to T2.
        if (!reliable) {
          this.retransmitTimer = this.parts.context.clock.setTimeout(() => this.stepInvite('timerG'), this.interval);
          this.interval = Math.min(this.interval * 2, timers.t2);
        }
        return undefined;
      case 'startTimerH':
        return this.startEnd(64 * timers.t1, () => this.stepInvite('timerH'));
      case 'startTimerI':
        return this.startEnd(reliable ? 0 : timers.t4, () => this.stepInvite('timerI'));
      case 'startTimerL':
        return this.startEnd(64 * timers.t1, () => this.stepInvite('timerL'));
      case 'startTimerJ':
        return this.startEnd(reliable ? 0 : 64 * timers.t1, () => this.stepPlain('timerJ'));
      case 'stopTimers':
        return this.stopTimers();
      case 'informNoAck':
      case 'informTransportError':
        return this.onFailed?.();
    }
  }

  private write(): void {
    const bytes = this.lastResponse;
    if (bytes === undefined) return;
    this.parts.replyFlow().send(bytes, () => {
      if (this.isInvite) this.stepInvite('transportError');
      else this.stepPlain('transportError');
    });
  }

  private startEnd(milliseconds: number, then: () => void): void {
    const { clock } = this.parts.context;
    if (this.endTimer !== undefined) clock.clearTimeout(this.endTimer);
    if (milliseconds === 0) {
      this.endTimer = undefined;
      queueMicrotask(then);
    } else this.endTimer = clock.setTimeout(then, milliseconds);
  }

  private stopTimers(): void {
    const { clock } = this.parts.context;
    if (this.retransmitTimer !== undefined) clock.clearTimeout(this.retransmitTimer);
    if (this.endTimer !== undefined) clock.clearTimeout(this.endTimer);
    this.retransmitTimer = undefined;
    this.endTimer = undefined;
  }
}
