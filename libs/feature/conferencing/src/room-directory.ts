import { Database } from '@carillon/database';
import { type OrganisationId, RoomId, UserId } from '@carillon/domain';
import { readRoomPin, SecretBox } from '@carillon/identity';
import { Inject, Injectable } from '@nestjs/common';

/** A room as it is set up. */
export interface RoomRecord {
  readonly roomId: RoomId;
  readonly organisationId: OrganisationId;
  readonly name: string;
  readonly extension: string | null;
  /** What phones must dial to come in; null for none. */
  readonly pin: string | null;
  readonly lobby: boolean;
  readonly ownerUserId: UserId | null;
}

export interface StaffRecord {
  readonly userId: UserId;
  readonly name: string;
  readonly admin: boolean;
}

/** What conferencing needs to know of an organisation. What belongs to another does not exist here. */
@Injectable()
export class RoomDirectory {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SecretBox) private readonly box: SecretBox,
  ) {}

  async findRoom(organisationId: OrganisationId, roomId: RoomId): Promise<RoomRecord | undefined> {
    const room = await this.database.forOrganisation(organisationId, (tx) =>
      tx.room.findFirst({ where: { id: roomId, organisationId }, include: { extension: true } }),
    );
    if (room === null) return undefined;
    return {
      roomId: RoomId.parse(room.id),
      organisationId,
      name: room.name,
      extension: room.extension?.number ?? null,
      pin: readRoomPin(this.box, room.pinSealed),
      lobby: room.lobby,
      ownerUserId: room.hostUserId === null ? null : UserId.parse(room.hostUserId),
    };
  }

  /** @returns undefined where there is no such user, or it is disabled */
  async findStaff(organisationId: OrganisationId, userId: UserId): Promise<StaffRecord | undefined> {
    const user = await this.database.forOrganisation(organisationId, (tx) =>
      tx.user.findFirst({ where: { id: userId, organisationId, disabledAt: null } }),
    );
    return user === null ? undefined : { userId, name: user.displayName, admin: user.role === 'admin' };
  }
}
