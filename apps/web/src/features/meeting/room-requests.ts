import type { RealtimeClient } from '../../api/realtime-client.js';
import { notifyFailure } from '../../ui/notify.js';

/** What a participant asks of the room; a refusal is told in a toast. */
export class RoomRequests {
  constructor(
    private readonly realtime: RealtimeClient,
    private readonly roomId: string,
  ) {}

  readonly admit = (participantId: string) =>
    this.told(this.realtime.request('room.admit', { roomId: this.roomId, participantId }));
  /** Turns away from the lobby, or removes from the meeting. */
  readonly remove = (participantId: string) =>
    this.told(this.realtime.request('room.remove', { roomId: this.roomId, participantId }));
  readonly mute = (participantId: string) =>
    this.told(this.realtime.request('room.mute', { roomId: this.roomId, participantId, muted: true }));
  readonly raiseHand = (raised: boolean) =>
    this.told(this.realtime.request('room.raise-hand', { roomId: this.roomId, raised }));
  /** Ends the meeting for all. */
  readonly end = () => this.told(this.realtime.request('room.end', { roomId: this.roomId }));

  private async told(asked: Promise<{ ok: boolean }>): Promise<void> {
    const answer = await asked;
    if (!answer.ok) notifyFailure(answer);
  }
}
