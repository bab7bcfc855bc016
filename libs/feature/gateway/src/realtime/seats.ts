import type { RoomSnapshot } from '@carillon/contracts';
import type { OrganisationId, ParticipantId, RoomId } from '@carillon/domain';
import type { Clock } from '@carillon/service-runtime';
import type { Connection } from './connection.js';
import { type RoomEvent, RoomView, type Told } from './room-view.js';

/** A participant and the connection that it is reached by. */
export interface Seat {
  readonly organisationId: OrganisationId;
  readonly roomId: RoomId;
  readonly participantId: ParticipantId;
  readonly resumeKey: string | undefined;
  /** Undefined while it is cut off. */
  connection: Connection | undefined;
  cancelGrace: (() => void) | undefined;
  /** Kept back until the answer to its joining has gone out; undefined when events flow. */
  heldBack: Told[] | undefined;
}

/** Who sits in which meeting, and what each is told. A seat outlives a lost connection for a while. */
export class Seats {
  private readonly seats = new Map<ParticipantId, Seat>();
  private readonly views = new Map<RoomId, RoomView>();
  /** Joins under way: what happens in the room meanwhile is kept for them. */
  private readonly joining = new Map<RoomId, Set<RoomEvent[]>>();

  constructor(
    private readonly clock: Clock,
    private readonly graceMs: number,
  ) {}

  of(connection: Connection, roomId: RoomId): Seat | undefined {
    return this.all(roomId).find((seat) => seat.connection === connection);
  }

  count(connection: Connection): number {
    return [...this.seats.values()].filter((seat) => seat.connection === connection).length;
  }

  /** Is it in a meeting itself, beyond the lobby? */
  isInside(connection: Connection): boolean {
    return [...this.seats.values()].some(
      (seat) => seat.connection === connection && this.view(seat.roomId).isInside(seat.participantId),
    );
  }

  /** The seat that this browser was cut off from. */
  findVacant({ identity: { resumeKey } }: Connection, roomId: RoomId): Seat | undefined {
    if (resumeKey === undefined) return undefined;
    return this.all(roomId).find((seat) => seat.connection === undefined && seat.resumeKey === resumeKey);
  }

  /** Keeps a room's events while a join is under way, so that none falls between its snapshot and its seat. */
  beginJoin(roomId: RoomId): { events: readonly RoomEvent[]; end: () => void } {
    const events: RoomEvent[] = [];
    const set = this.joining.get(roomId) ?? new Set();
    this.joining.set(roomId, set.add(events));
    const end = (): void => {
      set.delete(events);
      if (set.size === 0 && this.joining.get(roomId) === set) this.joining.delete(roomId);
    };
    return { events, end };
  }

  /** Takes a seat. Events are held back until `release`. */
  take(
    connection: Connection,
    joined: { readonly participantId: ParticipantId; readonly room: RoomSnapshot },
    meanwhile: readonly RoomEvent[],
  ): Seat {
    const { participantId, room } = joined;
    const { roomId, organisationId } = room;
    const view = this.view(roomId);
    view.learn(room.participants, room.producers);
    const { resumeKey } = connection.identity;
    const heldBack: Told[] = [];
    const seat: Seat = {
      organisationId,
      roomId,
      participantId,
      resumeKey,
      connection,
      heldBack,
      cancelGrace: undefined,
    };
    this.seats.set(participantId, seat);
    // The view has these already: telling them again in terms of it is harmless, a snapshot and an update agree.
    for (const event of meanwhile) heldBack.push(...view.apply(event)(participantId));
    return seat;
  }

  /** The answer to the join is out: what was held back follows, and then everything as it comes. */
  release(seat: Seat): void {
    const held = seat.heldBack ?? [];
    seat.heldBack = undefined;
    for (const told of held) send(seat, told);
  }

  resume(seat: Seat, connection: Connection): void {
    seat.cancelGrace?.();
    seat.cancelGrace = undefined;
    seat.connection = connection;
    seat.heldBack = [];
  }

  /** The connection is gone: its seats wait, then `leave` is called for each. */
  vacate(connection: Connection, leave: (seat: Seat) => void): void {
    for (const seat of this.seats.values()) {
      if (seat.connection !== connection) continue;
      seat.connection = undefined;
      seat.cancelGrace = this.clock.after(this.graceMs, () => {
        if (this.drop(seat)) leave(seat);
      });
    }
  }

  /** As `vacate`, without a chance to come back: the login is void. */
  forfeit(connection: Connection, leave: (seat: Seat) => void): void {
    for (const seat of this.seats.values()) if (seat.connection === connection && this.drop(seat)) leave(seat);
  }

  /** @returns false where it was given up before */
  drop(seat: Seat): boolean {
    seat.cancelGrace?.();
    return this.seats.get(seat.participantId) === seat && this.seats.delete(seat.participantId);
  }

  /** Tells an event of a room to those in it who may know. */
  tell(event: RoomEvent): void {
    const { roomId } = event.payload;
    for (const kept of this.joining.get(roomId) ?? []) kept.push(event);
    const seats = this.all(roomId);
    const toViewer = this.view(roomId).apply(event);
    for (const seat of seats) for (const told of toViewer(seat.participantId)) send(seat, told);
    if (event.name === 'room.participant-left') {
      const seat = this.seats.get(event.payload.participantId);
      if (seat !== undefined) this.drop(seat);
    }
    if (event.name === 'room.ended') {
      for (const seat of seats) this.drop(seat);
      this.views.delete(roomId);
    }
  }

  close(): void {
    for (const seat of this.seats.values()) seat.cancelGrace?.();
    this.seats.clear();
    this.views.clear();
  }

  private all(roomId: RoomId): Seat[] {
    return [...this.seats.values()].filter((seat) => seat.roomId === roomId);
  }

  private view(roomId: RoomId): RoomView {
    const known = this.views.get(roomId);
    if (known !== undefined) return known;
    const view = new RoomView();
    this.views.set(roomId, view);
    return view;
  }
}

function send(seat: Seat, told: Told): void {
  if (seat.heldBack !== undefined) seat.heldBack.push(told);
  else seat.connection?.socket.emit(told.name, told.payload);
}
