import type { HeaderLine } from '@carillon/sip-message';
import type { Publication, PublicationEvents, PublishOptions } from '../api/publication.js';
import type { RequestFailure, RequestOutcome } from '../api/request-outcome.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { callHandler } from '../call-handler.js';
import type { TimerHandle } from '../clock.js';
import { DEFAULT_RETRY, refreshDelaySeconds, retryDelaySeconds } from '../registration/retry-delay.js';
import { retryAfterSeconds } from '../retry-after.js';
import { minimumExpires } from '../subscription/minimum-expires.js';
import type { Core } from '../user-agent/core.js';
import { outgoingIdentity } from '../user-agent/outgoing-draft.js';
import type { OutgoingIdentity } from '../user-agent/outgoing-draft.js';
import { sendStandalone } from '../user-agent/send-standalone.js';

const DEFAULT_EXPIRES_SECONDS = 3600;
/** Refusals that the same PUBLISH meets again (RFC 3903 §4, RFC 3261 §21.4). */
const LASTING: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 407, 413, 415, 416, 420, 484, 489, 501, 604]);

/**
 * Publishes one state and keeps it (RFC 3903 §4).
 *
 * ```text
 * publishing --2xx--> published --time, modify--> publishing
 *    |  ^---412: anew, 423: longer--|  `--failure--> waiting --delay, modify--> publishing
 *    `--close: Expires 0--> ended
 * ```
 */
export class PublicationClient implements Publication {
  state: Publication['state'] = 'publishing';
  private readonly identity: OutgoingIdentity;
  private readonly spaces: ProtectionSpaces;
  private readonly handlers: Partial<PublicationEvents> = {};
  private body: string;
  private expires: number;
  private entityTag: string | undefined;
  /** The state that the server has. */
  private known: string | undefined;
  private sequence = 0;
  private failures = 0;
  private repairs = 0;
  private running: Promise<void> | undefined;
  private timer: TimerHandle | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly core: Core,
    private readonly options: PublishOptions,
    private readonly done: (ended: PublicationClient) => void,
  ) {
    const { identifiers } = core;
    this.identity = outgoingIdentity(options, { callId: identifiers.callId(), tag: identifiers.tag() });
    this.spaces = new ProtectionSpaces(options.credentials, core);
    this.body = options.body;
    this.expires = options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS;
  }

  on<E extends keyof PublicationEvents>(event: E, handler: PublicationEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  start(): this {
    this.publish();
    return this;
  }

  modify(body: string): void {
    this.body = body;
    // What is on its way is followed by the newest state (RFC 3903 §4.1: one request at a time).
    if (this.closing === undefined && this.running === undefined && this.state !== 'ended') this.publish();
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private publish(): void {
    this.stopTimer();
    this.state = 'publishing';
    this.running = this.attempt().finally(() => {
      this.running = undefined;
      if (this.state === 'published' && this.known !== this.body && this.closing === undefined) this.publish();
    });
  }

  private async attempt(): Promise<void> {
    const sent = this.body;
    const outcome = await this.send(sent === this.known ? undefined : sent, this.expires);
    if (outcome.ok) this.published(outcome, sent);
    else if (this.repairs < 3 && this.repair(outcome)) {
      this.repairs += 1;
      await this.attempt();
    } else this.failed(outcome);
  }

  private published({ response }: Extract<RequestOutcome, { ok: true }>, sent: string): void {
    this.failures = 0;
    this.repairs = 0;
    this.entityTag = response.header('SIP-ETag')?.trim();
    // Without a tag nothing can be refreshed: the next one is a new publication.
    this.known = this.entityTag === undefined ? undefined : sent;
    this.state = 'published';
    const expires = response.expires ?? this.expires;
    if (this.closing !== undefined) return;
    if (expires === 0) {
      // A server that grants nothing has kept nothing.
      this.known = undefined;
      this.entityTag = undefined;
      this.failed({ ok: false, status: 480, reason: 'Nothing granted', cause: 'response', response });
      return;
    }
    this.arm(refreshDelaySeconds(expires));
    callHandler(this.core.logger, 'published', () => this.handlers.published?.(expires));
  }

  /** 412: the server forgot the state, it is published anew (§4.1). 423: for longer. */
  private repair(failure: RequestFailure): boolean {
    if (failure.response?.status === 412 && this.entityTag !== undefined) {
      this.entityTag = undefined;
      this.known = undefined;
      return this.closing === undefined;
    }
    const minimum = minimumExpires(failure, this.expires);
    if (minimum === undefined) return false;
    this.expires = minimum;
    return true;
  }

  private failed(failure: RequestFailure): void {
    if (this.closing !== undefined) return;
    this.repairs = 0;
    this.failures += 1;
    this.state = 'waiting';
    const { response } = failure;
    const lasting = response !== undefined && LASTING.has(response.status);
    let seconds: number | undefined;
    if (!lasting) {
      const chance = this.core.identifiers.below(1 << 16) / (1 << 16);
      const delay = retryDelaySeconds({ ...DEFAULT_RETRY, ...this.options.retry }, this.failures, chance);
      seconds = Math.max(response === undefined ? 0 : retryAfterSeconds(response), delay);
      this.arm(seconds);
    }
    callHandler(this.core.logger, 'failed', () => this.handlers.failed?.(failure, seconds));
  }

  private async closeOnce(): Promise<void> {
    this.stopTimer();
    await this.running;
    if (this.entityTag !== undefined) await this.send(undefined, 0);
    this.state = 'ended';
    this.done(this);
    callHandler(this.core.logger, 'ended', () => this.handlers.ended?.());
  }

  private async send(body: string | undefined, expires: number): Promise<RequestOutcome> {
    const { core, options } = this;
    const { event, contentType } = options;
    const headers: HeaderLine[] = [
      ['Event', event],
      ['Expires', String(expires)],
      ...(this.entityTag === undefined ? [] : [['SIP-If-Match', this.entityTag] as const]),
    ];
    const { outcome } = await sendStandalone(core, {
      target: options,
      identity: this.identity,
      method: 'PUBLISH',
      nextSequence: () => (this.sequence += 1),
      spaces: this.spaces,
      headers,
      body,
      contentType,
    });
    return outcome;
  }

  private arm(seconds: number): void {
    this.timer = this.core.clock.setTimeout(() => this.publish(), seconds * 1000);
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
