import { ExpiryBuckets } from '../expiry-buckets.js';

/** One published state of a resource, e.g. what one phone says of its user's presence. */
export interface PublishedState {
  readonly resource: string;
  readonly entityTag: string;
  readonly contentType: string;
  readonly body: string;
  /** Clock time in milliseconds. */
  readonly expiresAt: number;
  /** Who published it, as the caller named it; removed together by {@link EventStateCompositor.removeOf}. */
  readonly publisher: string;
}

export interface CompositorPolicy {
  /** Seconds. */
  readonly defaultExpires: number;
  readonly minimumExpires: number;
  readonly maximumExpires: number;
  /** Media types that are taken, lower case. */
  readonly bodyTypes: readonly string[];
  readonly maxPublicationsPerResource: number;
  readonly maxPublications: number;
  /** Largest body, characters. */
  readonly maxBodyLength: number;
  /** Whether a body of such a type says what it should; all do when left out. */
  readonly isReadable?: (body: string) => boolean;
}

/** What a PUBLISH says (RFC 3903 §4). */
export interface PublishRequest {
  readonly resource: string;
  readonly publisher: string;
  /** SIP-If-Match; undefined for a new publication. */
  readonly ifMatch: string | undefined;
  /** Seconds asked for. */
  readonly expires: number | undefined;
  readonly contentType: string | undefined;
  /** Empty: nothing to change. */
  readonly body: string;
}

export type PublishVerdict =
  | {
      readonly ok: true;
      readonly kind: 'published' | 'refreshed' | 'modified' | 'removed';
      /** New with every success (§6 step 6). */
      readonly entityTag: string;
      /** Seconds granted. */
      readonly expires: number;
    }
  | { readonly ok: false; readonly status: 400 | 403 | 412 | 413 | 415 | 423 | 503; readonly reason?: string };

/**
 * The states that user agents published of resources (RFC 3903 §6). Pure but for its map: time and entity tags are handed in,
 * and whoever owns it calls {@link expire}.
 */
export class EventStateCompositor {
  private readonly resources = new Map<string, Map<string, PublishedState>>();
  private readonly expiry: ExpiryBuckets<PublishedState>;
  private count = 0;

  /** @param now clock time, milliseconds */
  constructor(
    readonly policy: CompositorPolicy,
    private readonly nextEntityTag: () => string,
    now: number,
  ) {
    this.expiry = new ExpiryBuckets(now);
  }

  get size(): number {
    return this.count;
  }

  /** In the order of their last change. */
  statesOf(resource: string): PublishedState[] {
    return [...(this.resources.get(resource)?.values() ?? [])];
  }

  publish(request: PublishRequest, now: number): PublishVerdict {
    const { policy } = this;
    const known = request.ifMatch === undefined ? undefined : this.find(request, now);
    // §6 step 2: a tag that is not (or no more) known.
    if (request.ifMatch !== undefined && known === undefined) return { ok: false, status: 412 };
    if (known !== undefined && known.publisher !== request.publisher) return { ok: false, status: 403 };
    const asked = request.expires ?? policy.defaultExpires;
    if (asked === 0) return this.remove(known);
    // §6 step 3.
    if (asked < policy.minimumExpires) return { ok: false, status: 423 };
    const refusal = this.checkBody(request, known);
    if (refusal !== undefined) return refusal;
    if (known === undefined && !this.makeRoom(request))
      return { ok: false, status: 503, reason: 'Too many publications' };
    const expires = Math.min(asked, policy.maximumExpires);
    const changed = request.body !== '';
    const state: PublishedState = {
      resource: request.resource,
      entityTag: this.nextEntityTag(),
      publisher: request.publisher,
      contentType: changed ? (request.contentType ?? '') : (known?.contentType ?? ''),
      body: changed ? request.body : (known?.body ?? ''),
      expiresAt: now + expires * 1000,
    };
    if (known !== undefined) this.delete(known);
    this.add(state);
    const kind = known === undefined ? 'published' : changed ? 'modified' : 'refreshed';
    return { ok: true, kind, entityTag: state.entityTag, expires };
  }

  /** Of all resources. */
  *all(): Iterable<PublishedState> {
    for (const states of this.resources.values()) yield* states.values();
  }

  /** Goes on with what was published elsewhere: its publisher knows the tag. @returns whether there was room, and time left */
  restore(state: PublishedState, now: number): boolean {
    if (state.expiresAt <= now || !this.hasRoom(state.resource)) return false;
    this.add(state);
    return true;
  }

  /** Removes what has run out. @returns the resources whose state changed */
  expire(now: number): string[] {
    const gone = this.expiry.takeDue(now);
    for (const state of gone) this.delete(state);
    return [...new Set(gone.map(({ resource }) => resource))];
  }

  /** Removes all states of one publisher of a resource: it may not publish any more. @returns whether there were any */
  removeOf(resource: string, publisher: string): boolean {
    const states = [...(this.resources.get(resource)?.values() ?? [])];
    const gone = states.filter((state) => state.publisher === publisher);
    for (const state of gone) this.delete(state);
    return gone.length > 0;
  }

  private find({ resource, ifMatch }: PublishRequest, now: number): PublishedState | undefined {
    const state = this.resources.get(resource)?.get(ifMatch ?? '');
    return state !== undefined && state.expiresAt > now ? state : undefined;
  }

  private remove(known: PublishedState | undefined): PublishVerdict {
    if (known !== undefined) this.delete(known);
    return { ok: true, kind: 'removed', entityTag: this.nextEntityTag(), expires: 0 };
  }

  /** §6 step 4. */
  private checkBody(request: PublishRequest, known: PublishedState | undefined): PublishVerdict | undefined {
    const { body, contentType } = request;
    if (body === '') return known === undefined ? { ok: false, status: 400, reason: 'Nothing to publish' } : undefined;
    if (body.length > this.policy.maxBodyLength) return { ok: false, status: 413 };
    if (!this.policy.bodyTypes.includes(contentType ?? '')) return { ok: false, status: 415 };
    const isReadable = this.policy.isReadable?.(body) ?? true;
    return isReadable ? undefined : { ok: false, status: 400, reason: 'Body cannot be read' };
  }

  /** A publisher that forgot its tags, as one does that starts anew, leaves its oldest state: else it would be locked out. */
  private makeRoom({ resource, publisher }: PublishRequest): boolean {
    if (this.hasRoom(resource)) return true;
    const oldest = this.statesOf(resource).find((state) => state.publisher === publisher);
    if (oldest === undefined) return false;
    this.delete(oldest);
    return true;
  }

  private hasRoom(resource: string): boolean {
    const { maxPublications, maxPublicationsPerResource } = this.policy;
    return this.count < maxPublications && (this.resources.get(resource)?.size ?? 0) < maxPublicationsPerResource;
  }

  private add(state: PublishedState): void {
    const states = this.resources.get(state.resource) ?? new Map<string, PublishedState>();
    this.resources.set(state.resource, states.set(state.entityTag, state));
    this.expiry.add(state);
    this.count += 1;
  }

  private delete(state: PublishedState): void {
    const states = this.resources.get(state.resource);
    if (states?.delete(state.entityTag) !== true) return;
    this.expiry.delete(state);
    this.count -= 1;
    if (states.size === 0) this.resources.delete(state.resource);
  }
}
