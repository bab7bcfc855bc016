import type { JsonObject, ProducerInfo, ProducerSource, SfuRequest } from '@carillon/contracts';
import { Device, type types } from 'mediasoup-client';
import { CAMERA_ENCODINGS } from './camera-encodings.js';
import { IceKeeper } from './ice-keeper.js';
import {
  CapabilitiesAnswer,
  ConsumeAnswer,
  IceAnswer,
  ProduceAnswer,
  ProducersAnswer,
  TransportAnswer,
} from './sfu-answers.js';

/** A remote track that can be shown or heard. */
export interface RemoteTrack {
  readonly producerId: string;
  readonly participantId: string;
  readonly source: ProducerSource;
  readonly track: MediaStreamTrack;
}

export interface RoomMediaListener {
  onTrack: (remote: RemoteTrack) => void;
  onTrackEnded: (producerId: string) => void;
  onConnection: (state: 'connected' | 'interrupted') => void;
  /** The transports cannot be mended: everything must be built anew. */
  onBroken: () => void;
}

/** Asks the room's media something. @throws Error where it is refused. */
export type AskMedia = (request: SfuRequest) => Promise<JsonObject>;

/** The browser's side of the SFU: one transport to send, one to receive, and what goes over them. */
export class RoomMedia {
  private readonly device = new Device();
  private readonly producers = new Map<ProducerSource, types.Producer>();
  private readonly consumers = new Map<string, types.Consumer>();
  /** Wanted remote producers; one may be gone again before its consumer is made. */
  private readonly wanted = new Set<string>();
  private readonly layers = new Map<string, number>();
  /** The last of what is done with each source, one after the other: a device may open or close while it is asked for. */
  private readonly turns = new Map<ProducerSource, Promise<void>>();
  private sending: types.Transport | null = null;
  private receiving: types.Transport | null = null;
  private closed = false;

  constructor(
    private readonly ask: AskMedia,
    private readonly listener: RoomMediaListener,
  ) {}

  /** Loads the room's capabilities and opens both transports. */
  async open(): Promise<void> {
    const { rtpCapabilities } = CapabilitiesAnswer.parse(await this.ask({ type: 'router-capabilities' }));
    if (!this.device.loaded) await this.device.load({ routerRtpCapabilities: rtpCapabilities });
    this.sending = await this.openTransport('send');
    this.receiving = await this.openTransport('receive');
  }

  async listProducers(): Promise<ProducerInfo[]> {
    return ProducersAnswer.parse(await this.ask({ type: 'list-producers' })).producers;
  }

  /** Sends a track; where its source is sent already, the track takes the place of the one before. */
  publish(source: ProducerSource, track: MediaStreamTrack, paused = false): Promise<void> {
    return this.inTurn(source, () => this.produce(source, track, paused));
  }

  unpublish(source: ProducerSource): Promise<void> {
    return this.inTurn(source, async () => {
      const producer = this.producers.get(source);
      if (producer === undefined) return;
      this.producers.delete(source);
      producer.close();
      await this.ask({ type: 'close-producer', producerId: producer.id });
    });
  }

  setPaused(source: ProducerSource, paused: boolean): Promise<void> {
    return this.inTurn(source, async () => {
      const producer = this.producers.get(source);
      if (producer === undefined || producer.paused === paused) return;
      if (paused) producer.pause();
      else producer.resume();
      await this.ask({ type: 'pause-producer', producerId: producer.id, paused });
    });
  }

  /** Receives what another sends. Called again for the same producer it does nothing. */
  async consume(info: ProducerInfo): Promise<void> {
    const { producerId, participantId, source } = info;
    if (this.wanted.has(producerId) || this.receiving === null || this.closed) return;
    this.wanted.add(producerId);
    const answer = ConsumeAnswer.parse(
      await this.ask({
        type: 'consume',
        transportId: this.receiving.id,
        producerId,
        rtpCapabilities: { ...this.device.recvRtpCapabilities },
      }),
    );
    const consumer = await this.receiving.consume({
      id: answer.consumerId,
      producerId,
      kind: answer.kind,
      rtpParameters: answer.rtpParameters,
      // Tracks of one stream are kept in step; a screen is not, so that it never waits for a voice.
      streamId: source === 'microphone' || source === 'camera' ? participantId : `${participantId}-screen`,
    });
    if (this.closed || !this.wanted.has(producerId)) return consumer.close();
    this.consumers.set(producerId, consumer);
    this.listener.onTrack({ producerId, participantId, source, track: consumer.track });
    await this.ask({ type: 'pause-consumer', consumerId: consumer.id, paused: false });
  }

  /** The other stopped sending. */
  drop(producerId: string): void {
    this.wanted.delete(producerId);
    this.layers.delete(producerId);
    this.consumers.get(producerId)?.close();
    if (this.consumers.delete(producerId)) this.listener.onTrackEnded(producerId);
  }

  /** Drops whatever is not among these producers: they went while nothing could be told. */
  keepOnly(producerIds: ReadonlySet<string>): void {
    for (const producerId of [...this.wanted]) if (!producerIds.has(producerId)) this.drop(producerId);
  }

  /** Which simulcast layer is wanted, by how large the picture is shown. */
  async preferLayer(producerId: string, spatialLayer: number): Promise<void> {
    const consumer = this.consumers.get(producerId);
    if (consumer === undefined || this.layers.get(producerId) === spatialLayer) return;
    this.layers.set(producerId, spatialLayer);
    await this.ask({ type: 'prefer-layers', consumerId: consumer.id, spatialLayer });
  }

  /** Closing again does nothing. Local tracks stay open: they belong to whoever opened them. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const producerId of [...this.consumers.keys()]) this.drop(producerId);
    this.producers.clear();
    this.sending?.close();
    this.receiving?.close();
  }

  private inTurn(source: ProducerSource, act: () => Promise<void>): Promise<void> {
    const done = (this.turns.get(source) ?? Promise.resolve()).then(act);
    // Whoever asked hears of a failure; the next one begins all the same.
    this.turns.set(
      source,
      done.catch(() => undefined),
    );
    return done;
  }

  private async produce(source: ProducerSource, track: MediaStreamTrack, paused: boolean): Promise<void> {
    const known = this.producers.get(source);
    if (known !== undefined) return known.replaceTrack({ track });
    if (this.sending === null || this.closed) return;
    const producer = await this.sending.produce({
      track,
      stopTracks: false,
      disableTrackOnPause: false,
      zeroRtpOnPause: false,
      appData: { source, paused },
      ...(source === 'camera' && { encodings: CAMERA_ENCODINGS, codecOptions: { videoGoogleStartBitrate: 600 } }),
      ...(source === 'microphone' && { codecOptions: { opusFec: true, opusDtx: true } }),
    });
    if (paused) producer.pause();
    this.producers.set(source, producer);
  }

  private async openTransport(direction: 'send' | 'receive'): Promise<types.Transport> {
    const answer = TransportAnswer.parse(await this.ask({ type: 'create-transport', direction }));
    const { transportId, iceParameters, iceCandidates, dtlsParameters } = answer;
    const options = { id: transportId, iceParameters, iceCandidates, dtlsParameters };
    const transport =
      direction === 'send' ? this.device.createSendTransport(options) : this.device.createRecvTransport(options);
    transport.on('connect', ({ dtlsParameters: own }, done, failed) => {
      void settle(this.ask({ type: 'connect-transport', transportId, dtlsParameters: { ...own } }), done, failed);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const source = appData['source'] as ProducerSource;
      const paused = appData['paused'] === true;
      const asked = this.ask({
        type: 'produce',
        transportId,
        kind,
        source,
        rtpParameters: { ...rtpParameters },
        paused,
      });
      void settle(asked, (made) => done({ id: ProduceAnswer.parse(made).producerId }), failed);
    });
    const keeper = new IceKeeper({
      restart: async () => {
        const fresh = IceAnswer.parse(await this.ask({ type: 'restart-ice', transportId }));
        await transport.restartIce({ iceParameters: fresh.iceParameters });
      },
      onBroken: () => {
        if (!this.closed) this.listener.onBroken();
      },
    });
    transport.on('connectionstatechange', (state) => {
      if (this.closed) return keeper.stop();
      keeper.see(state);
      if (state === 'connected') this.listener.onConnection('connected');
      if (state === 'disconnected' || state === 'failed') this.listener.onConnection('interrupted');
    });
    transport.observer.on('close', () => keeper.stop());
    return transport;
  }
}

/** Hands an outcome to mediasoup-client, which takes callbacks. */
async function settle(asked: Promise<JsonObject>, done: (answer: JsonObject) => void, failed: (error: Error) => void) {
  try {
    done(await asked);
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
  }
}
