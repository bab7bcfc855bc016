import type { OrganisationId, RoomId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger } from '@carillon/service-runtime';
import { afterLeaving } from './actions/after-leaving.js';
import { closeRoom } from './actions/close-room.js';
import { forgetProducer, hearProducer, hearSpeakers, loseMedia } from './actions/hear-media.js';
import { ACTIONS, type RoomAction, type RoomCommandName } from './actions/index.js';
import { leaveRoom } from './actions/leave-room.js';
import type { Announcements } from './announcements.js';
import { type ConferencingLimits, type ConferencingParts, DEFAULT_CONFERENCING_LIMITS } from './conferencing-parts.js';
import { PhoneLines } from './phone/phone-lines.js';
import { PinGuard } from './phone/pin-guard.js';
import { LiveRooms } from './room/live-rooms.js';
import type { ParticipantEvent } from './room/participant-state.js';
import type { Member, Room } from './room/room.js';
import type { RoomDirectory } from './room-directory.js';
import { RoomMedia } from './room-media.js';

export interface ConferencingOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: Pick<RoomDirectory, 'findRoom' | 'findStaff'>;
  readonly announcements: Pick<Announcements, 'say' | 'welcome' | 'lobby'>;
  readonly limits?: Partial<ConferencingLimits>;
}

const SFU_EVENTS = [
  'sfu.producer-added',
  'sfu.producer-updated',
  'sfu.producer-removed',
  'sfu.speaking',
  'sfu.room-lost',
] as const;

/** Meetings on the bus: `room.*` commands in, `room.*` events out. */
export class Conferencing {
  private readonly parts: ConferencingParts;
  private readonly stops: (() => void)[] = [];

  constructor({ bus, clock, logger, directory, announcements, limits }: ConferencingOptions) {
    const lines = new PhoneLines({ bus, clock, logger }, (line, why) => {
      this.takeOut((member) => member.phone === line, why === 'call-ended' ? 'leave' : 'lose');
      // A call without media helps nobody.
      if (why === 'media-lost') void line.hangUp('Media lost');
    });
    this.parts = {
      ...{ bus, clock, logger, directory, announcements, lines },
      pinGuard: new PinGuard(clock),
      rooms: new LiveRooms(),
      media: new RoomMedia(bus, logger),
      limits: { ...DEFAULT_CONFERENCING_LIMITS, ...limits },
    };
  }

  open(): void {
    for (const name of Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]) this.handle(name);
    this.hearMedia();
    this.hearDirectory();
  }

  /** Ends every meeting, then stops hearing. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.parts.rooms.all().map((room) => room.run(() => closeRoom(this.parts, room))));
    for (let stop = this.stops.pop(); stop !== undefined; stop = this.stops.pop()) stop();
    this.parts.lines.close();
  }

  private handle<Name extends RoomCommandName>(name: Name): void {
    const action: RoomAction<Name> = ACTIONS[name];
    this.stops.push(this.parts.bus.handle(name, (payload) => action(this.parts, payload)));
  }

  private hearMedia(): void {
    const { parts } = this;
    const { bus } = parts;
    this.stops.push(
      // One subscription, so that all of a room's media events keep their order.
      bus.subscribe(SFU_EVENTS, (event, name) =>
        this.inRoom(event, async (room) => {
          if ('producer' in event) await hearProducer(parts, room, event, name === 'sfu.producer-added');
          else if ('producerId' in event) forgetProducer(parts, room, event);
          else if ('speakers' in event) hearSpeakers(parts, room, event);
          else await loseMedia(parts, room);
        }),
      ),
    );
  }

  private hearDirectory(): void {
    const { parts } = this;
    this.stops.push(
      parts.bus.subscribe('user.disabled', ({ organisationId, userId }) =>
        this.takeOut(({ view }, room) => room.organisationId === organisationId && view.userId === userId, 'remove'),
      ),
      parts.bus.subscribe('directory.changed', async ({ organisationId }) => {
        for (const room of parts.rooms.ofOrganisation(organisationId)) await this.refresh(room);
      }),
    );
  }

  /** A deleted room ends; a changed one goes on as it is now. */
  private async refresh(room: Room): Promise<void> {
    const record = await this.parts.directory.findRoom(room.organisationId, room.roomId);
    if (record !== undefined) room.record = record;
    else void room.run(() => closeRoom(this.parts, room));
  }

  private takeOut(matches: (member: Member, room: Room) => boolean, event: ParticipantEvent): void {
    for (const room of this.parts.rooms.all())
      for (const member of room.members.values())
        if (matches(member, room))
          void room.run(async () => {
            await leaveRoom(this.parts, room, member, event);
            await afterLeaving(this.parts, room);
          });
  }

  /** In the room's turn, without holding up what other rooms wait for. */
  private inRoom(
    of: { readonly roomId: RoomId; readonly organisationId: OrganisationId },
    work: (room: Room) => Promise<void>,
  ): void {
    const room = this.parts.rooms.find(of.roomId, of.organisationId);
    if (room === undefined) return;
    room
      .run(() => work(room))
      .catch((error: unknown) => this.parts.logger.error({ error, roomId: of.roomId }, 'A room event failed'));
  }
}
