import {
  ROOM_EVENTS,
  type JsonObject,
  type Participant,
  type RealtimeOutput,
  type RoomSnapshot,
  type SfuRequest,
} from '@carillon/contracts';
import type { RealtimeClient } from '../../api/realtime-client.js';
import { failureText } from '../../ui/failure-text.js';
import { notifyFailure } from '../../ui/notify.js';
import { LocalSender } from './local-sender.js';
import type { LocalMedia } from './media/local-media.js';
import { RoomMedia } from './media/room-media.js';
import { RoomRequests } from './room-requests.js';
import { applyRoomEvent, type RoomEvent } from './room-events.js';
import { createMeetingStore, type MeetingStore, type OverReason } from './meeting-store.js';

const REBUILD_DELAY_MS = 1_000;
const MAX_REBUILD_DELAY_MS = 15_000;

/** One stay in a room: joins, keeps the store true to the room, sends and receives media, leaves. */
export class MeetingSession {
  readonly store: MeetingStore = createMeetingStore();
  readonly sender: LocalSender;
  readonly requests: RoomRequests;
  private readonly stops: (() => void)[] = [];
  /** Events that came before the snapshot they belong after. */
  private early: RoomEvent[] | null = [];
  private media: RoomMedia | null = null;
  /** The participant for whom the media was built; null once it is broken. */
  private mediaOwner: string | null = null;
  private rebuilds = 0;
  private rebuildTimer: ReturnType<typeof setTimeout> | null = null;
  private joining = false;

  constructor(
    private readonly realtime: RealtimeClient,
    private readonly roomId: string,
    readonly local: LocalMedia,
  ) {
    this.requests = new RoomRequests(realtime, roomId);
    this.sender = new LocalSender(local, this.store, {
      media: () => this.media,
      tellMuted: (muted) => this.tellMuted(muted),
    });
  }

  /** Goes in, and goes in again whenever the connection was lost. */
  start(): void {
    for (const name of ROOM_EVENTS) {
      this.stops.push(this.realtime.on(name, (payload) => this.onEvent({ name, payload } as RoomEvent)));
    }
    this.stops.push(
      this.realtime.subscribeState(() => {
        if (this.realtime.state === 'connected') void this.join();
        else if (this.realtime.state === 'refused' && this.store.getState().phase === 'joining')
          this.finish('refused', 'The server did not let you in. The link may no longer be valid.');
        else this.store.setState({ connection: 'interrupted' });
      }),
    );
    if (this.realtime.state === 'connected') void this.join();
    // Closing the page leaves at once, instead of after the time a lost connection is waited for.
    const onHide = () => void this.realtime.request('room.leave', { roomId: this.roomId });
    window.addEventListener('pagehide', onHide);
    this.stops.push(() => window.removeEventListener('pagehide', onHide));
  }

  async leave(): Promise<void> {
    this.finish('left');
    await this.realtime.request('room.leave', { roomId: this.roomId });
  }

  /** Stops everything without a word about why. Stopping again does nothing. */
  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    if (this.rebuildTimer !== null) clearTimeout(this.rebuildTimer);
    this.rebuildTimer = null;
    this.sender.stop();
    this.media?.close();
    this.media = null;
  }

  private async join(): Promise<void> {
    if (this.joining || this.store.getState().phase === 'over') return;
    this.joining = true;
    this.early = [];
    this.store.setState({ connection: 'connecting' });
    const answer: RealtimeOutput<'room.join'> = await this.realtime.request('room.join', { roomId: this.roomId });
    this.joining = false;
    if (this.store.getState().phase === 'over') return;
    if (!answer.ok) {
      if (answer.code.startsWith('CLIENT.') && this.realtime.state !== 'connected') return;
      return this.finish('refused', failureText(answer));
    }
    this.store.setState({ selfId: answer.participantId });
    if (answer.state === 'lobby') {
      this.store.setState({ phase: 'lobby', connection: 'connected' });
      this.applySnapshot(answer.room);
    } else await this.enter(answer.room);
  }

  private async enter(room: RoomSnapshot): Promise<void> {
    this.applySnapshot(room);
    this.store.setState({ phase: 'entered' });
    const { selfId, participants } = this.store.getState();
    // A host's word that came while the connection was lost.
    if (selfId !== null && participants.get(selfId)?.mutedByHost === true) this.sender.mutedByHost();
    if (this.media !== null && this.mediaOwner === selfId) this.catchUp(this.media);
    else await this.buildMedia();
    // Also that it is on: what was said while the connection was lost is not known.
    const { microphoneOn, microphone } = this.local.store.getState();
    this.tellMuted(!microphoneOn || microphone === null);
  }

  /** Only the signalling was cut off: the media went on, and needs but what changed meanwhile. */
  private catchUp(media: RoomMedia): void {
    const { producers } = this.store.getState();
    media.keepOnly(new Set(producers.keys()));
    for (const producerId of producers.keys()) this.consume(producerId);
    this.store.setState({ connection: 'connected' });
    // What was opened meanwhile; what is sent already goes on as it is.
    this.sender.start().catch(notifyFailure);
  }

  private applySnapshot(room: RoomSnapshot): void {
    this.store.setState({
      room: { name: room.name, extension: room.extension, lobby: room.lobby },
      participants: new Map(room.participants.map((one) => [one.participantId, one])),
      producers: new Map(room.producers.map((one) => [one.producerId, one])),
      speakers: new Set(),
    });
    const early = this.early ?? [];
    this.early = null;
    for (const event of early) this.onEvent(event);
  }

  private onEvent(event: RoomEvent): void {
    if (event.payload.roomId !== this.roomId) return;
    if (this.early !== null) {
      this.early.push(event);
      return;
    }
    const { selfId } = this.store.getState();
    if (event.name === 'room.participant-updated' && event.payload.participant.participantId === selfId)
      this.onSelf(event.payload.participant);
    applyRoomEvent(this.store, event);
    switch (event.name) {
      case 'room.participant-left':
        if (event.payload.participantId === selfId) this.onSelfGone(event.payload.reason);
        break;
      case 'room.producer-added':
      case 'room.producer-updated':
        if (event.payload.producer.participantId !== selfId) this.consume(event.payload.producer.producerId);
        break;
      case 'room.producer-removed':
        this.media?.drop(event.payload.producerId);
        break;
      case 'room.media-reset':
        this.rebuild(0);
        break;
      case 'room.ended':
        this.finish('ended');
        break;
      default:
    }
  }

  /** What changed about oneself: let in from the lobby, or muted by a host. What one did oneself is known. */
  private onSelf(participant: Participant): void {
    const { phase, participants } = this.store.getState();
    if (phase === 'lobby' && participant.state === 'entered') void this.admitted();
    const wasMutedByHost = participants.get(participant.participantId)?.mutedByHost ?? false;
    if (participant.mutedByHost && !wasMutedByHost && phase === 'entered') this.sender.mutedByHost();
  }

  private async admitted(): Promise<void> {
    this.early = [];
    const answer: RealtimeOutput<'room.snapshot'> = await this.realtime.request('room.snapshot', {
      roomId: this.roomId,
    });
    if (answer.ok) await this.enter(answer.room);
    else this.finish('refused', failureText(answer));
  }

  private onSelfGone(reason: string): void {
    if (reason === 'lost') return void this.join();
    this.finish(
      reason === 'denied' ? 'denied' : reason === 'room-ended' ? 'ended' : reason === 'left' ? 'left' : 'removed',
    );
  }

  private finish(reason: OverReason, detail: string | null = null): void {
    if (this.store.getState().phase === 'over') return;
    this.store.setState({ phase: 'over', overReason: reason, overDetail: detail });
    this.stop();
  }

  private readonly ask = async (request: SfuRequest): Promise<JsonObject> => {
    const answer: RealtimeOutput<'room.media'> = await this.realtime.request('room.media', {
      roomId: this.roomId,
      request,
    });
    if (!answer.ok) throw new Error(`${request.type}: ${answer.code}`);
    return answer.data;
  };

  private async buildMedia(): Promise<void> {
    this.media?.close();
    this.store.setState({ tracks: new Map(), connection: 'connecting' });
    const media = new RoomMedia(this.ask, {
      onTrack: (remote) =>
        this.store.setState(({ tracks }) => ({ tracks: new Map(tracks).set(remote.producerId, remote) })),
      onTrackEnded: (producerId) =>
        this.store.setState(({ tracks }) => ({ tracks: new Map([...tracks].filter(([id]) => id !== producerId)) })),
      onConnection: (connection) => this.store.setState({ connection }),
      onBroken: () => this.rebuild(),
    });
    this.media = media;
    this.mediaOwner = this.store.getState().selfId;
    try {
      await media.open();
      if (this.media !== media) return;
      // Nothing may be sent or received yet, and a transport connects with its first track: the room is reached.
      this.store.setState({ connection: 'connected' });
      for (const producer of await media.listProducers()) {
        this.store.setState(({ producers }) => ({ producers: new Map(producers).set(producer.producerId, producer) }));
      }
      for (const producerId of this.store.getState().producers.keys()) this.consume(producerId);
      await this.sender.start();
      this.rebuilds = 0;
    } catch (error) {
      if (this.media !== media || this.store.getState().phase === 'over') return;
      console.error('The meeting’s media could not be opened', error);
      this.rebuild();
    }
  }

  /** Builds the media anew, at ever longer intervals while that fails. */
  private rebuild(delay = Math.min(REBUILD_DELAY_MS * 2 ** this.rebuilds, MAX_REBUILD_DELAY_MS)): void {
    if (this.rebuildTimer !== null || this.store.getState().phase !== 'entered') return;
    this.rebuilds += 1;
    this.mediaOwner = null;
    this.store.setState({ connection: 'interrupted' });
    this.rebuildTimer = setTimeout(() => {
      this.rebuildTimer = null;
      if (this.realtime.state === 'connected') void this.buildMedia();
    }, delay);
  }

  private consume(producerId: string): void {
    const producer = this.store.getState().producers.get(producerId);
    if (producer === undefined || producer.participantId === this.store.getState().selfId) return;
    this.media?.consume(producer).catch((error: unknown) => {
      // A producer may be gone before it could be received; its removal is told by an event.
      console.warn(`The ${producer.source} of ${producer.participantId} cannot be received`, error);
    });
  }

  /** Asks for the simulcast layer that fits how large a camera is shown. */
  preferLayer(producerId: string, layer: number): void {
    this.media
      ?.preferLayer(producerId, layer)
      .catch((error: unknown) => console.warn('The layer stays as it was', error));
  }

  private tellMuted(muted: boolean): void {
    const { selfId } = this.store.getState();
    if (selfId === null) return;
    void this.realtime.request('room.mute', { roomId: this.roomId, participantId: selfId, muted });
  }
}
