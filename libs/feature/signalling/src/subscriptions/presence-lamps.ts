import type { EventPayload } from '@carillon/contracts';
import type { OrganisationId, UserId } from '@carillon/domain';
import { sipUri } from '@carillon/sip-message';
import {
  PublicationServer,
  type IncomingRequest,
  type IncomingSubscribe,
  type NotifierSubscription,
  type PublishedState,
} from '@carillon/sip-stack';
import type { Bus } from '@carillon/event-bus';
import type { Logger } from '@carillon/service-runtime';
import type { Caller } from '../inbound/caller.js';
import { LIMITS } from '../limits.js';
import type { DirectoryUser } from '../routing/directory.js';
import { composePresence } from './compose-presence.js';
import { PRESENCE } from './packages.js';
import { buildPidf, PIDF_TYPE, readPidf } from './pidf.js';
import type { PresenceBook } from './presence-book.js';
import { userPart } from './watched-user.js';
import { copiedWatcher, type CopiedWatcher } from './watcher-copy.js';
import { Watchers, type Watcher } from './watchers.js';

interface PresenceWatcher extends Watcher {
  readonly entity: string;
}

export type PresenceWatcherCopy = Omit<PresenceWatcher, 'subscription'>;

/** Presence for phones (RFC 3856): what the product knows of a user, with what the user's own phones publish (RFC 3903). */
export class PresenceLamps {
  readonly watchers = new Watchers<PresenceWatcher>({ all: LIMITS.subscriptions, perDevice: LIMITS.watchesPerDevice });
  /** What the other processes have, by user. */
  private readonly elsewhere = new Map<string, Map<number, readonly string[]>>();
  private readonly publications = new PublicationServer({
    event: PRESENCE.name,
    policy: {
      ...PRESENCE,
      maxPublicationsPerResource: LIMITS.publicationsPerUser,
      maxPublications: LIMITS.publications,
      maxBodyLength: LIMITS.publicationLength,
      isReadable: (body) => readPidf(body) !== undefined,
    },
    changed: (resource) => this.changedKey(resource),
  });
  /** Told of each that begins, here or anew. */
  onBegun: ((watcher: CopiedWatcher) => void) | undefined;
  /** Told of each state that is published, changed or refreshed. */
  onPublished: ((state: PublishedState) => void) | undefined;

  constructor(
    private readonly book: PresenceBook,
    private readonly logger: Logger,
    private readonly here: { readonly bus: Pick<Bus, 'publish'>; readonly process: number },
  ) {}

  async accept(incoming: IncomingSubscribe, caller: Caller, watched: DirectoryUser): Promise<void> {
    const { directory, device, user } = caller;
    const { organisationId, sipDomain } = directory;
    try {
      await this.book.load(organisationId);
    } catch (error) {
      this.logger.error({ error, organisationId }, 'Cannot list presence');
      incoming.reply(503, { headers: { 'Retry-After': '10' } });
      return;
    }
    const name = userPart(incoming.request.uriText) ?? watched.extension ?? device.sipUsername;
    const watcher: PresenceWatcher = {
      subscription: incoming.accept(),
      organisationId,
      userId: user.userId,
      deviceId: device.deviceId,
      sipUsername: device.sipUsername,
      watchedId: watched.userId,
      entity: sipUri({ user: name, host: sipDomain }),
    };
    this.begin(watcher);
  }

  *copied(): Iterable<CopiedWatcher> {
    for (const watcher of this.watchers.all()) yield copied(watcher);
  }

  /** Goes on with a subscription of another process. */
  resume(subscription: NotifierSubscription, copy: PresenceWatcherCopy): void {
    const watcher: PresenceWatcher = { ...copy, subscription };
    this.book.load(watcher.organisationId).then(
      () => this.begin(watcher),
      (error: unknown) => {
        this.logger.error({ error, organisationId: watcher.organisationId }, 'Cannot list presence');
        void subscription.terminate('deactivated');
      },
    );
  }

  private begin(watcher: PresenceWatcher): void {
    this.watchers.add(watcher);
    this.onBegun?.(copied(watcher));
    watcher.subscription
      .on('refreshed', () => this.show(watcher))
      .on('ended', () => {
        this.watchers.remove(watcher);
        return { contentType: PIDF_TYPE, body: this.document(watcher) };
      });
    this.show(watcher);
  }

  /** PUBLISH of an authenticated phone, of its own user alone. @param published whom the request names */
  receivePublish(incoming: IncomingRequest, { directory, device, user }: Caller, published: DirectoryUser): void {
    if (published.userId !== user.userId) {
      incoming.reply(403, { reason: 'Presence of others' });
      return;
    }
    const resource = keyOf(directory.organisationId, user.userId);
    this.publications.receive(incoming, { resource, publisher: device.sipUsername });
    const { onPublished } = this;
    if (onPublished !== undefined) for (const state of this.publications.statesOf(resource)) onPublished(state);
  }

  published(): Iterable<PublishedState> {
    return this.publications.all();
  }

  /** Goes on with what phones have published in another process. @returns how much of it */
  restorePublished(states: readonly PublishedState[]): number {
    return states.filter((state) => this.publications.restore(state)).length;
  }

  /** What they have published in another process, before this one began. */
  learnPublished(process: number, states: readonly PublishedState[]): void {
    const documents = new Map<string, string[]>();
    for (const { resource, body } of states) documents.set(resource, [...(documents.get(resource) ?? []), body]);
    for (const [resource, bodies] of documents) {
      const byProcess = this.elsewhere.get(resource) ?? new Map<number, readonly string[]>();
      // What it has told since is newer.
      if (byProcess.has(process)) continue;
      this.elsewhere.set(resource, byProcess.set(process, bodies));
      this.changedHere(resource);
    }
  }

  /** `presence.changed` */
  hear({ organisationId, presence }: EventPayload<'presence.changed'>): void {
    this.book.hear(organisationId, presence);
    this.changed(presence.userId);
  }

  /** The phones of a user have published something else in another process. */
  hearPublished({ process, organisationId, userId, documents }: EventPayload<'signalling.presence-published'>): void {
    const key = keyOf(organisationId, userId);
    const byProcess = this.elsewhere.get(key) ?? new Map<number, readonly string[]>();
    if (documents.length > 0) byProcess.set(process, documents);
    else byProcess.delete(process);
    if (byProcess.size > 0) this.elsewhere.set(key, byProcess);
    else this.elsewhere.delete(key);
    this.changed(userId);
  }

  /** A process has ended, and what was published there with it. */
  forgetPublished(process: number): void {
    for (const [key, byProcess] of this.elsewhere) {
      if (!byProcess.delete(process)) continue;
      if (byProcess.size === 0) this.elsewhere.delete(key);
      this.changedHere(key);
    }
  }

  /** What a revoked device, or a disabled user's, has published goes. */
  endOf(organisationId: OrganisationId, userId: UserId, sipUsername?: string): void {
    const resource = keyOf(organisationId, userId);
    const publishers = this.publications.statesOf(resource).map(({ publisher }) => publisher);
    for (const publisher of new Set(publishers))
      if ((sipUsername ?? publisher) === publisher) this.publications.removeOf(resource, publisher);
  }

  close(): void {
    this.publications.close();
  }

  private changedKey(resource: string): void {
    const [organisationId, userId] = resource.split(' ');
    const documents = this.publications.statesOf(resource).map(({ body }) => body);
    const { bus, process } = this.here;
    bus.publish('signalling.presence-published', {
      process,
      organisationId: organisationId as OrganisationId,
      userId: userId as UserId,
      documents,
    });
    this.changedHere(resource);
  }

  private changedHere(resource: string): void {
    const userId = resource.split(' ')[1];
    if (userId !== undefined) this.changed(userId as UserId);
  }

  private changed(userId: UserId): void {
    for (const watcher of this.watchers.of(userId)) this.show(watcher);
  }

  private show(watcher: PresenceWatcher): void {
    if (watcher.subscription.state === 'terminated') return;
    void watcher.subscription.notify({ contentType: PIDF_TYPE, body: () => this.document(watcher) });
  }

  private document({ entity, organisationId, watchedId }: PresenceWatcher): string {
    const key = keyOf(organisationId, watchedId);
    const states = this.publications.statesOf(key).map(({ body }) => body);
    const elsewhere = [...(this.elsewhere.get(key)?.values() ?? [])].flat();
    const published = [...states, ...elsewhere].flatMap((body) => readPidf(body) ?? []);
    return buildPidf(composePresence(entity, this.book.find(organisationId, watchedId), published));
  }
}

function keyOf(organisationId: OrganisationId, userId: UserId): string {
  return `${organisationId} ${userId}`;
}

function copied(watcher: PresenceWatcher): CopiedWatcher {
  const { organisationId, userId, deviceId, sipUsername, watchedId, entity } = watcher;
  const copy: PresenceWatcherCopy = { organisationId, userId, deviceId, sipUsername, watchedId, entity };
  return copiedWatcher(watcher.subscription, copy);
}
