import type { HeaderLine } from '@carillon/sip-message';
import { parseSipOrSipsUri, sipUri } from '@carillon/sip-message';
import type {
  RegisterOptions,
  Registration,
  RegistrationEvents,
  RegistrationGrant,
  RegistrationRetry,
} from '../api/registration.js';
import type { RequestFailure, RequestOutcome } from '../api/request-outcome.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { callHandler } from '../call-handler.js';
import type { TimerHandle } from '../clock.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from '../user-agent/core.js';
import { goesSecure, outgoingIdentity } from '../user-agent/outgoing-draft.js';
import type { OutgoingIdentity } from '../user-agent/outgoing-draft.js';
import { sendStandalone } from '../user-agent/send-standalone.js';
import { judgeRegisterFailure } from './judge-register-failure.js';
import { readRegistration } from './registration-answer.js';
import { DEFAULT_RETRY, refreshDelaySeconds, retryDelaySeconds } from './retry-delay.js';

const DEFAULT_EXPIRES_SECONDS = 3600;
/** Repairs (423, 301, 439) tried at once before the attempt counts as failed. */
const MAX_REPAIRS = 4;

/** Keeps one address registered (RFC 3261 §10.2). */
export class RegistrationClient implements Registration {
  state: Registration['state'] = 'registering';
  private current: RegistrationGrant | undefined;
  private readonly identity: OutgoingIdentity;
  private readonly spaces: ProtectionSpaces;
  private readonly retry: RegistrationRetry;
  private readonly contactUser: string | undefined;
  /** Where to register, as set up; and where a redirection sent us for now. */
  private readonly home: string;
  private registrar: string;
  private sequence = 0;
  private expiresSeconds: number;
  private usesOutbound: boolean;
  private failures = 0;
  private repairs = 0;
  /** Our Contact URI as last sent, and as the registrar has it. */
  private contactUri = '';
  private boundUri: string | undefined;
  private boundUntil = 0;
  private timer: TimerHandle | undefined;
  private forgetFlow: (() => void) | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private closing: Promise<RequestOutcome | undefined> | undefined;
  private readonly handlers: Partial<RegistrationEvents> = {};

  constructor(
    private readonly core: Core,
    private readonly options: RegisterOptions,
    private readonly done: (ended: RegistrationClient) => void,
  ) {
    const { identifiers } = core;
    const fresh = { callId: identifiers.callId(), tag: identifiers.tag() };
    const from = options.from ?? options.address;
    this.identity = outgoingIdentity({ ...options, target: '', from, to: options.address }, fresh);
    const address = parseSipOrSipsUri(this.identity.remote.uri);
    if (address === undefined) throw new TypeError(`Not a SIP address: ${options.address}`);
    const { host, scheme, port } = address;
    this.home = options.registrar ?? sipUri({ scheme, host, ...(port === undefined ? {} : { port }) });
    this.registrar = this.home;
    this.contactUser = options.contactUser ?? address.user;
    this.spaces = new ProtectionSpaces(options.credentials, core);
    this.retry = { ...DEFAULT_RETRY, ...options.retry };
    this.expiresSeconds = options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS;
    this.usesOutbound = options.outbound !== undefined;
  }

  get grant(): RegistrationGrant | undefined {
    return this.core.clock.now() < this.boundUntil ? this.current : undefined;
  }

  on<E extends keyof RegistrationEvents>(event: E, handler: RegistrationEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  start(): this {
    this.register();
    return this;
  }

  refresh(): void {
    if (this.state === 'closing' || this.state === 'ended') return;
    if (this.running === undefined) this.register();
    else this.again = true;
  }

  close(): Promise<RequestOutcome | undefined> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private register(): void {
    this.stopTimer();
    this.state = 'registering';
    this.again = false;
    this.running = this.attempt().finally(() => {
      this.running = undefined;
      if (this.again) this.refresh();
    });
  }

  /** One REGISTER with its repairs; never rejects. */
  private async attempt(): Promise<void> {
    const { outcome, flow } = await this.send(this.expiresSeconds);
    if (outcome.ok) this.registered(readRegistration(outcome.response, this.asked(), flow));
    else await this.failed(outcome);
  }

  private asked(): Parameters<typeof readRegistration>[1] {
    const outbound = this.usesOutbound ? this.options.outbound : undefined;
    return { contactUri: this.contactUri, expiresSeconds: this.expiresSeconds, outbound };
  }

  private registered(grant: RegistrationGrant): void {
    const { core } = this;
    this.failures = 0;
    this.repairs = 0;
    this.current = grant;
    this.boundUri = this.contactUri;
    this.boundUntil = core.clock.now() + grant.expiresSeconds * 1000;
    if (this.state === 'closing') return;
    if (grant.expiresSeconds <= 0) {
      // A registrar that grants nothing has not bound us.
      this.wait({ ok: false, status: 480, reason: 'Nothing granted', cause: 'response', response: grant.response }, 0);
      return;
    }
    this.state = 'registered';
    this.arm(refreshDelaySeconds(grant.expiresSeconds));
    // RFC 5626 §4.5: a flow that is gone is formed anew at once; only the failure of that waits.
    this.forgetFlow = grant.flow?.onClosed(() => this.refresh());
    this.emit('registered', grant);
  }

  private async failed(failure: RequestFailure): Promise<void> {
    if (this.state === 'closing') return;
    const remedy = judgeRegisterFailure(failure);
    if (remedy.kind === 'wait') {
      const floor = remedy.slow ? this.retry.maximumSeconds / 2 : 0;
      this.wait(failure, Math.max(floor, remedy.atLeastSeconds));
      return;
    }
    const useful = remedy.kind !== 'longer' || remedy.expiresSeconds > this.expiresSeconds;
    this.repairs += 1;
    if (!useful || this.repairs > MAX_REPAIRS) {
      this.wait(failure, 0);
      return;
    }
    if (remedy.kind === 'longer') this.expiresSeconds = remedy.expiresSeconds;
    else if (remedy.kind === 'redirect') this.registrar = remedy.registrar;
    else this.usesOutbound = false;
    await this.attempt();
  }

  private wait(failure: RequestFailure, atLeastSeconds: number): void {
    this.failures += 1;
    this.repairs = 0;
    const chance = this.core.identifiers.below(1 << 16) / (1 << 16);
    const seconds = Math.max(atLeastSeconds, retryDelaySeconds(this.retry, this.failures, chance));
    this.state = 'waiting';
    // The registrar that a redirection named may be the one that fails.
    this.registrar = this.home;
    this.arm(seconds);
    this.emit('failed', failure, seconds);
  }

  private async closeOnce(): Promise<RequestOutcome | undefined> {
    this.stopTimer();
    this.state = 'closing';
    // An answer on its way may still bind us: it is waited for, then undone.
    await this.running;
    const outcome = this.core.clock.now() < this.boundUntil ? (await this.send(0)).outcome : undefined;
    this.boundUntil = 0;
    this.state = 'ended';
    this.done(this);
    this.emit('ended');
    return outcome;
  }

  private send(expiresSeconds: number): ReturnType<typeof sendStandalone> {
    const { options, core } = this;
    const headers: HeaderLine[] = [
      ['Supported', this.usesOutbound ? 'path, outbound, gruu' : 'path'],
      ['Expires', String(expiresSeconds)],
    ];
    return sendStandalone(core, {
      target: { ...options, target: this.registrar, from: options.from ?? options.address },
      identity: this.identity,
      method: 'REGISTER',
      nextSequence: () => (this.sequence += 1),
      spaces: this.spaces,
      headers,
      contact: (flow) => this.contact(flow, expiresSeconds),
    });
  }

  private contact(flow: SipFlow, expiresSeconds: number): string {
    const { outbound } = this.options;
    const plain = this.core.transport.contactUri(flow.protocol, this.contactUser, flow);
    // RFC 3261 §10.2.1: a secure address of record is served by a secure contact.
    const secure = goesSecure({ ...this.options, target: this.registrar });
    const uri = secure ? plain.replace(/^sip:/, 'sips:') : plain;
    this.contactUri = this.usesOutbound ? `${uri};ob` : uri;
    const own =
      outbound === undefined || !this.usesOutbound
        ? `<${this.contactUri}>;expires=${expiresSeconds}`
        : `<${this.contactUri}>;+sip.instance="<${outbound.instanceId}>";reg-id=${outbound.regId};expires=${expiresSeconds}`;
    // Our address changed: the old binding would catch calls that nobody answers. With outbound the new one replaces it.
    const moved = this.boundUri !== undefined && this.boundUri !== this.contactUri && !this.usesOutbound;
    return moved ? `${own}, <${this.boundUri}>;expires=0` : own;
  }

  /** A handler that throws must not stop the registration. */
  private emit<E extends keyof RegistrationEvents>(event: E, ...args: Parameters<RegistrationEvents[E]>): void {
    const handler = this.handlers[event] as ((...all: Parameters<RegistrationEvents[E]>) => void) | undefined;
    callHandler(this.core.logger, event, () => handler?.(...args));
  }

  private arm(seconds: number): void {
    this.timer = this.core.clock.setTimeout(() => this.register(), seconds * 1000);
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.forgetFlow?.();
    this.forgetFlow = undefined;
  }
}
