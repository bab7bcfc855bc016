import type { EventPayload } from '@carillon/contracts';
import type { UserId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { IncomingRequest, IncomingSubscribe, PublishedState, UserAgent } from '@carillon/sip-stack';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { Authenticate } from '../inbound/authenticate.js';
import type { Registrar } from '../registrar/registrar.js';
import { wayToPhone } from '../registrar/way-to-phone.js';
import type { Directory } from '../routing/directory.js';
import { DialogLamps, type DialogWatcherCopy } from './dialog-lamps.js';
import type { LiveCallBook } from './live-call-book.js';
import { MessageLamps, type LampCopy } from './message-lamps.js';
import { DIALOG, EVENT_PACKAGES, PRESENCE, REG } from './packages.js';
import { PresenceBook } from './presence-book.js';
import { PresenceLamps, type PresenceWatcherCopy } from './presence-lamps.js';
import { RegistrationLamps, type RegistrationWatcherCopy } from './registration-lamps.js';
import type { FactsOf } from './watched-dialogs.js';
import { watchedUser } from './watched-user.js';
import type { CopiedWatcher, WatcherCopy } from './watcher-copy.js';

export interface LampsParts {
  readonly userAgent: Pick<UserAgent, 'resumeSubscription' | 'flow' | 'addresses'>;
  readonly authenticate: Pick<Authenticate, 'check' | 'isOwnHost'>;
  /** Kept here by the events of calls. */
  readonly book: LiveCallBook;
  readonly factsOf: FactsOf;
  /** Our number among the processes that signalling runs in. */
  readonly process: number;
  readonly registrar: Pick<Registrar, 'ofDevice' | 'onChange' | 'onChangeOf'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Groups, menus and rooms have no state that phones know. */
const NOBODY_THERE = 'No person has this address';
/** RFC 3261 §21.5.4 */
const TOO_MANY = { reason: 'Too many subscriptions', headers: { 'Retry-After': '60' } } as const;

/** Everything that phones subscribe to or publish: messages, calls, presence and registrations. */
export class Lamps {
  private readonly messages: MessageLamps;
  private readonly dialogs: DialogLamps;
  private readonly presence: PresenceLamps;
  private readonly registrations: RegistrationLamps;
  private readonly stops: (() => void)[];
  /** Told of each new subscription: another process would need it to go on. */
  onBegun: ((watcher: CopiedWatcher) => void) | undefined;
  onPublished: ((state: PublishedState) => void) | undefined;

  constructor(private readonly parts: LampsParts) {
    const { authenticate, book, factsOf, registrar, bus, clock, logger, process } = parts;
    this.messages = new MessageLamps(authenticate, bus, logger);
    this.dialogs = new DialogLamps(book, factsOf);
    this.presence = new PresenceLamps(new PresenceBook(bus), logger, { bus, process });
    this.registrations = new RegistrationLamps(registrar, clock);
    for (const lamps of this.all)
      lamps.onBegun = (watcher) => {
        const { subscription, deviceId } = watcher;
        // A phone that loses its connection is told by its next one what it has missed.
        subscription.reachBy(wayToPhone(parts, deviceId, subscription.flow));
        this.onBegun?.(watcher);
      };
    this.presence.onPublished = (state) => this.onPublished?.(state);
    this.stops = [
      registrar.onChange((binding, event) => this.registrations.changed(binding.device.userId, binding, event)),
      bus.subscribe(['call.started', 'call.updated', 'call.answered', 'call.ended'], ({ call }) => {
        for (const userId of book.hear(call)) this.dialogs.changed(userId);
      }),
      bus.subscribe('presence.changed', (event) => this.presence.hear(event)),
      bus.subscribe(['signalling.presence-published', 'signalling.process-lost'], (event) => {
        if (event.process === process) return;
        if ('documents' in event) this.presence.hearPublished(event);
        else this.presence.forgetPublished(event.process);
      }),
    ];
  }

  /** SUBSCRIBE for a new subscription. */
  async receiveSubscribe(incoming: IncomingSubscribe): Promise<void> {
    const name = incoming.event?.package;
    if (name !== DIALOG.name && name !== PRESENCE.name && name !== REG.name) {
      await this.messages.receiveSubscribe(incoming);
      return;
    }
    const authentication = await this.parts.authenticate.check(incoming);
    if (!authentication.ok) {
      incoming.reply(authentication.status, authentication.options);
      return;
    }
    const { caller } = authentication;
    const { directory, device } = caller;
    // Found in the watcher's own organisation alone: there is no way to another's people.
    const { uriText } = incoming.request;
    const isOurs = this.parts.authenticate.isOwnHost(directory, uriText);
    const watched = isOurs ? watchedUser(directory, uriText) : undefined;
    const lamps = name === DIALOG.name ? this.dialogs : name === PRESENCE.name ? this.presence : this.registrations;
    const watching = { organisationId: directory.organisationId, sipUsername: device.sipUsername };
    if (watched === undefined) incoming.reply(404, { reason: NOBODY_THERE });
    else if (lamps.watchers.isFull(watching)) incoming.reply(503, TOO_MANY);
    else await lamps.accept(incoming, caller, watched);
  }

  async receivePublish(incoming: IncomingRequest): Promise<void> {
    if (incoming.request.event?.package !== PRESENCE.name) {
      incoming.reply(489, { headers: { 'Allow-Events': EVENT_PACKAGES.map(({ name }) => name).join(', ') } });
      return;
    }
    const authentication = await this.parts.authenticate.check(incoming);
    if (!authentication.ok) {
      incoming.reply(authentication.status, authentication.options);
      return;
    }
    const { directory } = authentication.caller;
    const { uriText } = incoming.request;
    const isOurs = this.parts.authenticate.isOwnHost(directory, uriText);
    const published = isOurs ? watchedUser(directory, uriText) : undefined;
    // RFC 3903 §6 step 1.
    if (published === undefined) incoming.reply(404, { reason: NOBODY_THERE });
    else this.presence.receivePublish(incoming, authentication.caller, published);
  }

  /** What another process would need to go on with them. */
  *copied(): Iterable<CopiedWatcher> {
    for (const lamps of this.all) yield* lamps.copied();
  }

  /** Goes on with a subscription of a process that died: its phone is told the state there is. @returns whether it could */
  resume({ event, subscription: copy, watcher }: WatcherCopy): boolean {
    const subscription = this.parts.userAgent.resumeSubscription(copy);
    if (subscription === undefined) return false;
    // Each was written by the one that reads it.
    if (event === DIALOG.name) this.dialogs.resume(subscription, watcher as DialogWatcherCopy);
    else if (event === PRESENCE.name) this.presence.resume(subscription, watcher as PresenceWatcherCopy);
    else if (event === REG.name) this.registrations.resume(subscription, watcher as RegistrationWatcherCopy);
    else this.messages.resume(subscription, watcher as LampCopy);
    return true;
  }

  /** What phones have published here. */
  published(): Iterable<PublishedState> {
    return this.presence.published();
  }

  /** Goes on with what they had published in a process that died. @returns how much of it */
  restorePublished(states: readonly PublishedState[]): number {
    return this.presence.restorePublished(states);
  }

  /** What they have published in another process, before this one began. */
  learnPublished(process: number, states: readonly PublishedState[]): void {
    this.presence.learnPublished(process, states);
  }

  /** `mailbox.changed` */
  changed(event: EventPayload<'mailbox.changed'>): void {
    this.messages.changed(event);
  }

  /** The user may not use the system any more, or that one device of theirs. */
  endOf(of: { organisationId: Directory['organisationId']; userId: UserId; sipUsername?: string }): void {
    const { organisationId, userId, sipUsername } = of;
    this.messages.endOf(userId, sipUsername);
    this.dialogs.watchers.endOf(userId, sipUsername);
    this.presence.watchers.endOf(userId, sipUsername);
    this.registrations.watchers.endOf(userId, sipUsername);
    this.presence.endOf(organisationId, userId, sipUsername);
  }

  /** Mailboxes and people that were taken away. */
  keepTo(directory: Pick<Directory, 'organisationId' | 'mailboxes' | 'users'>): void {
    this.messages.keepTo(directory);
    this.dialogs.watchers.keepTo(directory);
    this.presence.watchers.keepTo(directory);
    this.registrations.watchers.keepTo(directory);
  }

  private get all() {
    return [this.messages, this.dialogs, this.presence, this.registrations];
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.presence.close();
  }
}
