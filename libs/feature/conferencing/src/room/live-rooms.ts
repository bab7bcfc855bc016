import type { OrganisationId, RoomId } from '@carillon/domain';
import type { RoomRecord } from '../room-directory.js';
import { Room } from './room.js';

/** The rooms in use. */
export class LiveRooms {
  private readonly rooms = new Map<RoomId, Room>();

  /** The room in use, or a new one: whoever comes first opens it. */
  open(record: RoomRecord): Room {
    const known = this.rooms.get(record.roomId);
    if (known !== undefined) {
      known.record = record;
      return known;
    }
    const room = new Room(record);
    this.rooms.set(record.roomId, room);
    return room;
  }

  /** What belongs to another organisation does not exist. */
  find(roomId: RoomId, organisationId: OrganisationId): Room | undefined {
    const room = this.rooms.get(roomId);
    return room?.organisationId === organisationId ? room : undefined;
  }

  ofOrganisation(organisationId: OrganisationId): Room[] {
    return this.all().filter((room) => room.organisationId === organisationId);
  }

  all(): Room[] {
    return [...this.rooms.values()];
  }

  forget(room: Room): void {
    if (this.rooms.get(room.roomId) === room) this.rooms.delete(room.roomId);
  }
}
