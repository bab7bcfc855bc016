import { Database, type Room } from '@carillon/database';
import { OrganisationId, RoomId } from '@carillon/domain';
import { hashToken, type Principal, readSessionToken, type RequestHeaders, Sessions } from '@carillon/identity';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { findUnstorableText } from '../find-unstorable-text.js';

/** Staff, by the cookie of their session. */
export interface StaffIdentity {
  readonly kind: 'staff';
  readonly principal: Principal;
  /** The session's token, to look it up again. */
  readonly token: string;
  /** Names this browser tab over a lost connection. */
  readonly resumeKey: string;
}

/** Someone with a guest link: may use one room. */
export interface GuestIdentity {
  readonly kind: 'guest';
  readonly organisationId: OrganisationId;
  readonly roomId: RoomId;
  /** Of the link's token, to look it up again. */
  readonly guestTokenHash: string;
  readonly name: string;
  readonly resumeKey: string | undefined;
}
export type Identity = StaffIdentity | GuestIdentity;

/**
 * What a browser sends in the handshake. `clientKey` is random and its own secret: a connection that names it again
 * takes up the seat in a meeting that it was cut off from.
 */
const HandshakeAuth = z.object({
  guestToken: z.string().min(1).max(128).optional(),
  name: z.string().trim().min(1).max(80).optional(),
  clientKey: z.uuid().optional(),
});

/** Tells who connects. */
@Injectable()
export class Identify {
  constructor(
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Database) private readonly database: Database,
  ) {}

  /** @returns undefined for anyone unknown. Takes anything. */
  async fromHandshake(headers: RequestHeaders, auth: unknown): Promise<Identity | undefined> {
    const parsed = HandshakeAuth.safeParse(auth ?? {});
    if (!parsed.success || findUnstorableText(parsed.data) !== undefined) return undefined;
    const { guestToken, name, clientKey } = parsed.data;
    if (guestToken !== undefined) return name === undefined ? undefined : this.findGuest(guestToken, name, clientKey);
    const token = readSessionToken(headers);
    // Tabs connect again by themselves, whether somebody is there or not.
    const principal = await this.sessions.peek(token);
    if (token === undefined || principal === undefined) return undefined;
    return { kind: 'staff', principal, token, resumeKey: `staff:${principal.sessionId}:${clientKey ?? ''}` };
  }

  /**
   * Does the session still hold, unchanged; or is the guest's link still the room's?
   * @param inUse somebody is at the browser: that uses the session
   */
  async stillHolds(identity: Identity, inUse: boolean): Promise<boolean> {
    if (identity.kind === 'guest') return (await this.findRoomOf(identity.guestTokenHash)) !== null;
    const now = await (inUse ? this.sessions.authenticate(identity.token) : this.sessions.peek(identity.token));
    return now !== undefined && now.role === identity.principal.role;
  }

  private async findGuest(
    guestToken: string,
    name: string,
    clientKey: string | undefined,
  ): Promise<GuestIdentity | undefined> {
    const guestTokenHash = hashToken(guestToken);
    const room = await this.findRoomOf(guestTokenHash);
    if (room === null) return undefined;
    return {
      kind: 'guest',
      organisationId: OrganisationId.parse(room.organisationId),
      roomId: RoomId.parse(room.id),
      guestTokenHash,
      name,
      resumeKey: clientKey === undefined ? undefined : `guest:${guestTokenHash}:${clientKey}`,
    };
  }

  private findRoomOf(guestTokenHash: string): Promise<Room | null> {
    return this.database.asSystem('guest link', (tx) => tx.room.findUnique({ where: { guestTokenHash } }));
  }
}
