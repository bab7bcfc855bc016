import { parseEntityTag } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { IncomingRequest } from '../api/incoming-request.js';
import type { Clock, TimerHandle } from '../clock.js';
import { systemClock } from '../clock.js';
import { BUCKET_MS } from '../expiry-buckets.js';
import { Identifiers } from '../identifiers.js';
import type { Random } from '../random.js';
import { systemRandom } from '../random.js';
import { EventStateCompositor } from './event-state-compositor.js';
import type { CompositorPolicy, PublishRequest, PublishVerdict, PublishedState } from './event-state-compositor.js';

export interface PublicationServerOptions {
  /** Event package that is published, e.g. `presence`. */
  readonly event: string;
  readonly policy: CompositorPolicy;
  /** A state changed, or ran out: notify who watches it. Refreshes change nothing. */
  readonly changed: (resource: string, states: readonly PublishedState[]) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Answers PUBLISH of one event package (RFC 3903 §6). Whether the publisher may is decided before. */
export class PublicationServer {
  private readonly compositor: EventStateCompositor;
  private readonly clock: Clock;
  private timer: TimerHandle | undefined;

  constructor(private readonly options: PublicationServerOptions) {
    const identifiers = new Identifiers(options.random ?? systemRandom);
    this.clock = options.clock ?? systemClock;
    this.compositor = new EventStateCompositor(options.policy, () => identifiers.tag(), this.clock.now());
  }

  get size(): number {
    return this.compositor.size;
  }

  statesOf(resource: string): PublishedState[] {
    return this.compositor.statesOf(resource);
  }

  all(): Iterable<PublishedState> {
    return this.compositor.all();
  }

  /** Goes on with what another process had. @returns whether it could; `changed` is told then */
  restore(state: PublishedState): boolean {
    const could = this.compositor.restore(state, this.clock.now());
    if (could) this.changed(state.resource);
    this.sweep();
    return could;
  }

  /** Answers a PUBLISH of an authorised publisher. */
  receive(incoming: IncomingRequest, of: { resource: string; publisher: string }): void {
    const { request } = incoming;
    const { event, policy } = this.options;
    if (request.event?.package !== event) {
      incoming.reply(489, { headers: { 'Allow-Events': event } });
      return;
    }
    const tags = request.headers('SIP-If-Match');
    const ifMatch = tags[0] === undefined ? undefined : parseEntityTag(tags[0]);
    if (tags.length > 1 || (tags.length === 1 && ifMatch === undefined)) {
      incoming.reply(400, { reason: 'Bad SIP-If-Match' });
      return;
    }
    const encoding = request.header('Content-Encoding')?.trim().toLowerCase() ?? 'identity';
    if (encoding !== 'identity' && request.body.length > 0) {
      incoming.reply(415, { headers: { 'Accept-Encoding': 'identity' } });
      return;
    }
    const asked: PublishRequest = {
      ...of,
      ifMatch,
      expires: request.expires,
      contentType: request.contentType,
      body: request.bodyText,
    };
    const verdict = this.compositor.publish(asked, this.clock.now());
    this.sweep();
    if (!verdict.ok) {
      const reason = verdict.reason === undefined ? {} : { reason: verdict.reason };
      incoming.reply(verdict.status, { ...reason, headers: refusalHeaders(verdict, policy) });
      return;
    }
    incoming.reply(200, { headers: { 'SIP-ETag': verdict.entityTag, Expires: String(verdict.expires) } });
    if (verdict.kind !== 'refreshed') this.changed(of.resource);
  }

  /** The publisher may not publish any more. */
  removeOf(resource: string, publisher: string): void {
    if (this.compositor.removeOf(resource, publisher)) this.changed(resource);
  }

  close(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private changed(resource: string): void {
    this.options.changed(resource, this.compositor.statesOf(resource));
  }

  /** While there is anything, looks once in each interval for what has run out. */
  private sweep(): void {
    if (this.timer !== undefined || this.compositor.size === 0) return;
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined;
      for (const resource of this.compositor.expire(this.clock.now())) this.changed(resource);
      this.sweep();
    }, BUCKET_MS);
  }
}

function refusalHeaders(verdict: Exclude<PublishVerdict, { ok: true }>, policy: CompositorPolicy): HeaderFields {
  if (verdict.status === 423) return { 'Min-Expires': String(policy.minimumExpires) };
  if (verdict.status === 415) return { Accept: policy.bodyTypes.join(', ') };
  return verdict.status === 503 ? { 'Retry-After': '60' } : {};
}
