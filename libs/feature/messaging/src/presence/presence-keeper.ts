import type { EventPayload, LiveCall } from '@carillon/contracts';
import { Database } from '@carillon/database';
import { Bus } from '@carillon/event-bus';
import { Clock, Logger } from '@carillon/service-runtime';
import { CallRevisions } from './call-revisions.js';
import { engagedUsers } from './engaged-users.js';
import { PresenceBook, type Change } from './presence-book.js';

/** How often leases are looked at, and the book compared with the lists of those who know, in milliseconds. */
export const RECONCILE_MS = 20_000;

const callKey = (callId: string): string => `call:${callId}`;
const roomKey = (participantId: string): string => `room:${participantId}`;
const contactKey = (deviceId: string, contact: string): string => `${deviceId} ${contact}`;

/** Keeps a book for each organisation from what the other features tell, and tells every change. */
export class PresenceKeeper {
  private readonly books = new Map<string, Promise<PresenceBook>>();
  /** Those of them that are at hand. */
  private readonly opened = new Map<string, PresenceBook>();
  private readonly revisions = new CallRevisions();
  private stopTimer: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @returns stops listening */
  start(): () => void {
    const stops = [
      this.bus.subscribe(['call.started', 'call.updated', 'call.answered', 'call.ended'], ({ call }) =>
        this.takeCall(call),
      ),
      this.bus.subscribe(['room.participant-joined', 'room.participant-updated', 'room.participant-left'], (event) =>
        this.takeParticipant(event),
      ),
      this.bus.subscribe(['registration.added', 'registration.removed'], async ({ registration }, name) => {
        const { organisationId, userId, deviceId, contact } = registration;
        const book = await this.bookOf(organisationId);
        this.tell(organisationId, book.setDevice(userId, contactKey(deviceId, contact), name === 'registration.added'));
      }),
    ];
    this.schedule();
    return () => {
      this.stopTimer();
      for (const stop of stops) stop();
    };
  }

  /** The organisation's book; the first time it is filled with the choices and registrations there are. */
  bookOf(organisationId: string): Promise<PresenceBook> {
    const known = this.books.get(organisationId);
    if (known !== undefined) return known;
    const book = this.open(organisationId);
    this.books.set(organisationId, book);
    // What could not be opened is tried again by the next who asks.
    book.then(
      (opened) => this.opened.set(organisationId, opened),
      () => this.books.delete(organisationId),
    );
    return book;
  }

  tell(organisationId: string, changes: readonly Change[]): void {
    for (const { userId, state, since } of changes)
      this.bus.publish('presence.changed', {
        organisationId,
        presence: { userId, state, since: new Date(since).toISOString() },
      });
  }

  private async open(organisationId: string): Promise<PresenceBook> {
    const book = new PresenceBook(() => this.clock.now());
    const away = await this.database.forOrganisation(organisationId, (tx) =>
      tx.user.findMany({ where: { presenceChoice: 'away' }, select: { id: true } }),
    );
    for (const { id } of away) book.choose(id, 'away');
    await this.compare(organisationId, book);
    return book;
  }

  private takeCall(call: LiveCall): void | Promise<void> {
    const book = this.opened.get(call.organisationId);
    if (book !== undefined) this.engage(book, call);
    else return this.bookOf(call.organisationId).then((opened) => this.engage(opened, call));
  }

  private engage(book: PresenceBook, call: LiveCall): void {
    if (this.revisions.take(call))
      this.tell(call.organisationId, book.setEngagement(callKey(call.callId), engagedUsers(call)));
  }

  private async takeParticipant(
    event: EventPayload<'room.participant-joined' | 'room.participant-left'>,
  ): Promise<void> {
    const book = await this.bookOf(event.organisationId);
    const participant = 'participant' in event ? event.participant : undefined;
    const participantId = 'participant' in event ? event.participant.participantId : event.participantId;
    const isIn = participant?.state === 'entered' && participant.userId !== null;
    const users = new Set(isIn && participant.userId !== null ? [participant.userId] : []);
    this.tell(event.organisationId, book.setEngagement(roomKey(participantId), users));
  }

  private schedule(): void {
    this.stopTimer = this.clock.after(RECONCILE_MS, () => {
      this.reconcile()
        .catch((error: unknown) => this.logger.warn({ error }, 'Presence could not be compared with the live calls'))
        .finally(() => this.schedule());
    });
  }

  private async reconcile(): Promise<void> {
    for (const [organisationId, opening] of this.books) {
      const book = await opening;
      this.tell(organisationId, book.expire());
      this.tell(organisationId, await this.compare(organisationId, book));
    }
  }

  /** A lost event must not stick. Whoever does not answer now is asked again the next time. */
  private async compare(organisationId: string, book: PresenceBook): Promise<Change[]> {
    const changes: Change[] = [];
    for (const compare of [this.compareDevices, this.compareCalls, this.compareRooms])
      try {
        changes.push(...(await compare.call(this, organisationId, book)));
      } catch (error) {
        this.logger.debug({ error, organisationId }, 'Presence could not be compared');
      }
    return changes;
  }

  private async compareDevices(organisationId: string, book: PresenceBook): Promise<Change[]> {
    const known = book.registeredContacts();
    const listed = await this.bus.call('registration.list', { organisationId });
    if (!listed.ok) return [];
    const live = new Set<string>();
    const changes = listed.registrations.flatMap(({ userId, deviceId, contact }) => {
      live.add(contactKey(deviceId, contact));
      return book.setDevice(userId, contactKey(deviceId, contact), true);
    });
    const gone = known.filter(({ contact }) => !live.has(contact));
    return [...changes, ...gone.flatMap(({ userId, contact }) => book.setDevice(userId, contact, false))];
  }

  private async compareCalls(organisationId: string, book: PresenceBook): Promise<Change[]> {
    const known = book.engagementIds('call:');
    const listed = await this.bus.call('call.list', { organisationId });
    if (!listed.ok) return [];
    // The list may be older than an event that was heard meanwhile.
    const fresh = listed.calls.filter((call) => this.revisions.take(call));
    const changes = fresh.flatMap((call) => book.setEngagement(callKey(call.callId), engagedUsers(call)));
    const live = new Set(listed.calls.map((call) => callKey(call.callId)));
    return [...changes, ...leaveAll(book, known, live)];
  }

  private async compareRooms(organisationId: string, book: PresenceBook): Promise<Change[]> {
    const known = book.engagementIds('room:');
    const listed = await this.bus.call('room.list-live', { organisationId });
    if (!listed.ok) return [];
    const inside = listed.rooms.flatMap((room) => room.participants.filter(({ state }) => state === 'entered'));
    const changes = inside.flatMap(({ participantId, userId }) =>
      book.setEngagement(roomKey(participantId), new Set(userId === null ? [] : [userId])),
    );
    const live = new Set(inside.map(({ participantId }) => roomKey(participantId)));
    return [...changes, ...leaveAll(book, known, live)];
  }
}

function leaveAll(book: PresenceBook, known: ReadonlySet<string>, live: ReadonlySet<string>): Change[] {
  return [...known].filter((id) => !live.has(id)).flatMap((id) => book.setEngagement(id, new Set()));
}
