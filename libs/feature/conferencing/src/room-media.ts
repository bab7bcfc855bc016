import type { CommandInput, CommandName, CommandOutput, PlaySource, Refusal, SfuRequest } from '@carillon/contracts';
import type { EndpointId, OwnerId, ParticipantId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import { isCodedError, type Logger } from '@carillon/service-runtime';
import { refuse } from './refuse.js';
import type { Room } from './room/room.js';

const OPEN_TIMEOUT_MS = 12_000;

/** The media plane as conferencing uses it: a failed command is a refusal, never an exception. */
export class RoomMedia {
  constructor(
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  /** @returns the owner of the room's media, undefined where it could not be opened */
  async open({ roomId, organisationId }: Room): Promise<OwnerId | undefined> {
    const opened = await this.ask('sfu.open-room', { roomId, organisationId }, { timeoutMs: OPEN_TIMEOUT_MS });
    if (!opened.ok) this.logger.error({ roomId, code: opened.code }, 'The media of a meeting cannot be opened');
    return opened.ok ? opened.ownerId : undefined;
  }

  async close(room: Room): Promise<void> {
    await this.askOwner(room, 'sfu.close-room', { roomId: room.roomId });
  }

  request(room: Room, participantId: ParticipantId, request: SfuRequest): Promise<CommandOutput<'sfu.request'>> {
    return this.askOwner(room, 'sfu.request', { roomId: room.roomId, participantId, request });
  }

  attachPhone(
    room: Room,
    phone: { participantId: ParticipantId; endpointId: EndpointId; muted: boolean },
  ): Promise<CommandOutput<'sfu.attach-phone'>> {
    return this.askOwner(room, 'sfu.attach-phone', { roomId: room.roomId, ...phone });
  }

  async remove(room: Room, participantId: ParticipantId): Promise<void> {
    await this.askOwner(room, 'sfu.remove', { roomId: room.roomId, participantId });
  }

  async mute(room: Room, participantId: ParticipantId, muted: boolean): Promise<void> {
    await this.askOwner(room, 'sfu.mute', { roomId: room.roomId, participantId, muted });
  }

  /** To the room's phones, over what they hear. */
  async announce(room: Room, sources: readonly PlaySource[]): Promise<void> {
    await this.askOwner(room, 'sfu.announce', { roomId: room.roomId, sources: [...sources] });
  }

  private async askOwner<Name extends CommandName>(
    room: Room,
    name: Name,
    payload: CommandInput<Name>,
  ): Promise<CommandOutput<Name> | Refusal> {
    const { mediaOwnerId: ownerId } = room;
    if (ownerId === undefined) return refuse('ROOM.UNAVAILABLE');
    return this.ask(name, payload, { ownerId });
  }

  private async ask<Name extends CommandName>(
    name: Name,
    payload: CommandInput<Name>,
    options: { ownerId?: OwnerId; timeoutMs?: number },
  ): Promise<CommandOutput<Name> | Refusal> {
    try {
      return await this.bus.call(name, payload, options);
    } catch (error) {
      this.logger.warn({ error }, `${name} failed`);
      return { ok: false, code: isCodedError(error) ? error.code : 'ROOM.UNAVAILABLE' };
    }
  }
}
