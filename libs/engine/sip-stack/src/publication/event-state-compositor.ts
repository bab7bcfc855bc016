/** One published state of a resource, e.g. what one phone says of its user's presence. */
export interface PublishedState {
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
  private count = 0;

  constructor(
    readonly policy: CompositorPolicy,
    private readonly nextEntityTag: () => string,
  ) {}

  get size(): number {
    return this.count;
  }

  /** In the order of their last change. */
  statesOf(resource: string): PublishedState[] {
    return [...(this.resources.get(resource)?.values() ?? [])];
  }

  /** When the next publication runs out; undefined when there is none. */
  get nextExpiry(): number | undefined {
    let next: number | undefined;
    for (const states of this.resources.values())
      for (const { expiresAt } of states.values()) if (next === undefined || expiresAt < next) next = expiresAt;
    return next;
  }

  publish(request: PublishRequest, now: number): PublishVerdict {
    const { policy } = this;
    const known = request.ifMatch === undefined ? undefined : this.find(request, now);
    // §6 step 2: a tag that is not (or no more) known.
    if (request.ifMatch !== undefined && known === undefined) return { ok: false, status: 412 };
    if (known !== undefined && known.publisher !== request.publisher) return { ok: false, status: 403 };
    const asked = request.expires ?? policy.defaultExpires;
    if (asked === 0) return this.remove(request, known);
    // §6 step 3.
    if (asked < policy.minimumExpires) return { ok: false, status: 423 };
    const refusal = this.checkBody(request, known);
    if (refusal !== undefined) return refusal;
    if (known === undefined && !this.hasRoom(request.resource)) return { ok: false, status: 503 };
    const expires = Math.min(asked, policy.maximumExpires);
    const changed = request.body !== '';
    const state: PublishedState = {
      entityTag: this.nextEntityTag(),
      publisher: request.publisher,
      contentType: changed ? (request.contentType ?? '') : (known?.contentType ?? ''),
      body: changed ? request.body : (known?.body ?? ''),
      expiresAt: now + expires * 1000,
    };
    if (known !== undefined) this.delete(request.resource, known.entityTag);
    this.add(request.resource, state);
    const kind = known === undefined ? 'published' : changed ? 'modified' : 'refreshed';
    return { ok: true, kind, entityTag: state.entityTag, expires };
  }

  /** Removes what has run out. @returns the resources whose state changed */
  expire(now: number): string[] {
    const changed: string[] = [];
    for (const [resource, states] of this.resources) {
      const gone = [...states.values()].filter(({ expiresAt }) => expiresAt <= now);
      for (const { entityTag } of gone) this.delete(resource, entityTag);
      if (gone.length > 0) changed.push(resource);
    }
    return changed;
  }

  /** Removes all states of one publisher of a resource: it may not publish any more. @returns whether there were any */
  removeOf(resource: string, publisher: string): boolean {
    const gone = this.statesOf(resource).filter((state) => state.publisher === publisher);
    for (const { entityTag } of gone) this.delete(resource, entityTag);
    return gone.length > 0;
  }

  private find({ resource, ifMatch }: PublishRequest, now: number): PublishedState | undefined {
    const state = this.resources.get(resource)?.get(ifMatch ?? '');
    return state !== undefined && state.expiresAt > now ? state : undefined;
  }

  private remove({ resource }: PublishRequest, known: PublishedState | undefined): PublishVerdict {
    if (known !== undefined) this.delete(resource, known.entityTag);
    return { ok: true, kind: 'removed', entityTag: this.nextEntityTag(), expires: 0 };
  }

  /** §6 step 4. */
  private checkBody(request: PublishRequest, known: PublishedState | undefined): PublishVerdict | undefined {
    const { body, contentType } = request;
    if (body === '') return known === undefined ? { ok: false, status: 400, reason: 'Nothing to publish' } : undefined;
    if (body.length > this.policy.maxBodyLength) return { ok: false, status: 413 };
    return this.policy.bodyTypes.includes(contentType ?? '') ? undefined : { ok: false, status: 415 };
  }

  private hasRoom(resource: string): boolean {
    const { maxPublications, maxPublicationsPerResource } = this.policy;
    return this.count < maxPublications && (this.resources.get(resource)?.size ?? 0) < maxPublicationsPerResource;
  }

  private add(resource: string, state: PublishedState): void {
    const states = this.resources.get(resource) ?? new Map<string, PublishedState>();
    this.resources.set(resource, states.set(state.entityTag, state));
    this.count += 1;
  }

  private delete(resource: string, entityTag: string): void {
    const states = this.resources.get(resource);
    if (states?.delete(entityTag) !== true) return;
    this.count -= 1;
    if (states.size === 0) this.resources.delete(resource);
  }
}
