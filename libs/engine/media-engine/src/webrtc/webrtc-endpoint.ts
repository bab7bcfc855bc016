import type { Socket } from 'node:dgram';
import type { types } from 'mediasoup';
import type { TransportAddress } from '../api/endpoint.js';
import { ClosingSteps } from '../sfu/bridge/closing-steps.js';
import { openLoopbackTransport } from '../sfu/bridge/open-loopback-transport.js';
import { SerialTasks } from '../sfu/serial-tasks.js';
import { granted, refused, type SfuOutcome } from '../sfu/sfu-outcome.js';
import type { RunningWorker } from '../sfu/worker-pool.js';
import { bindPairSomewhere } from './bind-pair-somewhere.js';
import { CheckedGate } from './checked-gate.js';
import type { SignalledRemote } from './front-gate.js';
import { IceFront } from './ice-front.js';
import { RtcpAssociation, udpPortOf, type FrontedAgent } from './rtcp-association.js';
import { SignalledGate } from './signalled-gate.js';
import { ConnectionWatch, type ConnectionLimits } from './connection-watch.js';
import {
  carryToBrowser,
  carryToEndpoint,
  receivedAudio,
  sfuCodecOf,
  type CarriedStream,
  type StreamWay,
} from './carry-stream.js';
import { FirstCodecSearch } from './first-codec-search.js';
import type {
  OpenedWebRtc,
  OpenWebRtcRequest,
  WebRtcIce,
  WebRtcLostReason,
  WebRtcMedia,
  WebRtcRemote,
} from './webrtc-api.js';

export interface WebRtcEndpointOptions {
  readonly running: RunningWorker;
  readonly request: OpenWebRtcRequest;
  readonly loopbackAddress: string;
  readonly ports: { readonly min: number; readonly max: number };
  readonly limits: ConnectionLimits;
  readonly lost: (reason: WebRtcLostReason, detail: string) => void;
}

interface Made {
  /** What it was made for. */
  readonly wanted: string;
  readonly stream: CarriedStream;
}

/** What a voice stream may take, bit/s. */
const MAX_INCOMING_BITRATE = 1_000_000;

/**
 * One endpoint's WebRTC side. It has a router of its own, because mediasoup sends to a consumer with the router's
 * payload types, and each browser numbers its formats as it likes (RFC 3264 §6.1).
 */
export class WebRtcEndpoint {
  private readonly tasks = new SerialTasks();
  private remote: WebRtcRemote | undefined;
  private media: WebRtcMedia | undefined;
  /** What the front heard, which counts more than what SDP said. */
  private heardSsrc: number | undefined;
  /** Payload type of the codec that its stream is looked for in; undefined: the first one. */
  private begunWith: number | undefined;
  private readonly search: FirstCodecSearch;
  private front: IceFront | undefined;
  /** Above the front's port, and the RTCP that came there without rtcp-mux. */
  private portAbove: Socket | undefined;
  private rtcp: RtcpAssociation | undefined;
  private closed = false;
  private agent: FrontedAgent | undefined;
  /** Of a front for who does ICE. */
  private gate: CheckedGate | undefined;
  private readonly carried = new Map<'toBrowser' | 'toEndpoint', Made>();

  private constructor(
    readonly workerIndex: number,
    private readonly request: OpenWebRtcRequest,
    private readonly way: StreamWay,
    private readonly watch: ConnectionWatch,
  ) {
    this.search = new FirstCodecSearch(way.webRtc, () => void this.lookInNextCodec());
  }

  /** @throws {Error} where mediasoup refuses; what was opened is closed again */
  static async open(options: WebRtcEndpointOptions): Promise<WebRtcEndpoint> {
    const { running, request, ports, loopbackAddress } = options;
    const closing = new ClosingSteps();
    try {
      const router = await running.worker.createRouter({ mediaCodecs: request.formats.map(routerCodec) });
      closing.add(() => router.close());
      const webRtc = await router.createWebRtcTransport({
        webRtcServer: running.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
      });
      await webRtc.setMaxIncomingBitrate(MAX_INCOMING_BITRATE);
      const plain = await openLoopbackTransport(router, ports);
      await plain.connect({ ip: loopbackAddress, port: request.rtpPort });
      const watch = new ConnectionWatch(webRtc, options.limits, options.lost);
      router.once('workerclose', () => options.lost('worker-died', 'The mediasoup worker ended'));
      const endpoint = new WebRtcEndpoint(running.index, request, { router, webRtc, plain }, watch);
      closing.add(() => endpoint.close());
      if (request.withoutIce === true || request.sourceUnsaid === true) await endpoint.openFront(running, ports);
      return endpoint;
    } catch (error) {
      await closing.run();
      throw error;
    }
  }

  private async openFront(
    { listenAddress, webRtcServer }: RunningWorker,
    ports: WebRtcEndpointOptions['ports'],
  ): Promise<void> {
    const { router, webRtc } = this.way;
    const address = reachable(listenAddress);
    this.agent = { router, webRtcServer, address };
    const agent = { ...webRtc.iceParameters, address, port: udpPortOf(webRtc) };
    const heardSource = (ssrc: number): void => void this.hear(ssrc);
    if (this.request.withoutIce !== true) this.gate = new CheckedGate(agent);
    const gate = this.gate ?? new SignalledGate();
    const { rtp, rtcp } = await bindPairSomewhere(listenAddress, ports);
    // With ICE rtcp-mux is always agreed: nobody comes to the port above.
    if (this.gate === undefined) this.portAbove = rtcp;
    else rtcp.close();
    const front = await IceFront.open(rtp, { agent, gate, heardSource });
    this.front = front;
    webRtc.on('dtlsstatechange', (state) => {
      if (state === 'connected') front.secure();
    });
  }

  get opened(): OpenedWebRtc {
    const { fingerprints } = this.way.webRtc.dtlsParameters;
    const { localAddress, localPort } = this.way.plain.tuple;
    return {
      ice: this.iceWith(this.way.webRtc.iceParameters),
      // One is enough, and of several some browsers compare the weakest alone.
      fingerprints: fingerprints
        .filter(({ algorithm }) => algorithm === 'sha-256')
        .map(({ algorithm, value }) => ({ hash: algorithm, value })),
      loopback: { address: localAddress, port: localPort },
      ...(this.front === undefined || this.gate !== undefined ? {} : { port: this.front.port }),
    };
  }

  /** What ICE chose, or where the handshake came from. */
  get remoteAddress(): TransportAddress | null {
    if (this.front !== undefined) return this.front.remote ?? null;
    const { remoteIp, remotePort } = this.way.webRtc.iceSelectedTuple ?? {};
    return remoteIp === undefined || remotePort === undefined ? null : { address: remoteIp, port: remotePort };
  }

  connect({ address, ...remote }: WebRtcRemote): Promise<SfuOutcome<void>> {
    return this.tasks.run(async () => {
      const begins = remote.dtlsRole === 'client';
      const rtcp = address === undefined || address.rtcpMux ? undefined : { ...address.rtcp, rtcpMux: true, begins };
      if (address !== undefined) this.front?.setRemote({ ...address, begins });
      if (rtcp !== undefined) this.rtcp?.setRemote(rtcp);
      if (this.remote !== undefined) {
        return JSON.stringify(this.remote) === JSON.stringify(remote)
          ? granted(undefined)
          : refused('SFU.BAD_REQUEST', 'A new DTLS association needs a new transport');
      }
      const fingerprints = remote.fingerprints.flatMap(({ hash, value }) =>
        isKnownHash(hash) ? [{ algorithm: hash, value }] : [],
      );
      if (fingerprints.length === 0) return refused('SFU.BAD_REQUEST', 'No fingerprint with a known hash');
      return this.attempt(async () => {
        const dtls = { role: remote.dtlsRole, fingerprints };
        await this.way.webRtc.connect({ dtlsParameters: dtls });
        this.remote = remote;
        this.front?.begin();
        if (rtcp !== undefined) await this.connectRtcp(rtcp, dtls);
      });
    });
  }

  private async connectRtcp(remote: SignalledRemote, dtls: types.DtlsParameters): Promise<void> {
    const { agent, portAbove } = this;
    if (agent === undefined || portAbove === undefined) return;
    // The association closes it from now on.
    this.portAbove = undefined;
    const rtcp = await RtcpAssociation.open(portAbove, agent, { remote, dtls });
    if (this.closed) rtcp.close();
    else this.rtcp = rtcp;
  }

  expectConnection(): void {
    this.watch.expect();
  }

  /**
   * Each direction is made anew only where it changes: what the other side hears keeps its SSRC while it holds and
   * resumes. While the other side sends nothing, what it sent with stays known.
   */
  setMedia(media: WebRtcMedia): Promise<SfuOutcome<{ ssrc: number }>> {
    this.search.startAfresh();
    return this.carryMedia(media);
  }

  private carryMedia(media: WebRtcMedia): Promise<SfuOutcome<{ ssrc: number }>> {
    return this.tasks.run(() =>
      this.attempt(async () => {
        this.media = media;
        const { codec, telephoneEvent, others, ourMid } = media;
        const source = this.heardSsrc === undefined ? media.source : { ssrc: this.heardSsrc };
        const { begunWith, request, way } = this;
        const heard = await this.carry('toBrowser', { codec, telephoneEvent, ourMid }, () =>
          carryToBrowser(way, media, request),
        );
        if (source !== undefined) {
          const stream = await this.carry('toEndpoint', { codec, telephoneEvent, others, source, begunWith }, () =>
            carryToEndpoint(way, media, { source, begunWith }),
          );
          const codecs = receivedAudio(media).length;
          if (codecs > 1) this.search.follow(stream, codecs);
        }
        return { ssrc: heard.ssrc };
      }),
    );
  }

  /** Who says no SSRC, or another than it sends with, is heard as well. */
  private async hear(ssrc: number): Promise<void> {
    if (this.media?.source?.ssrc === ssrc && this.heardSsrc === undefined) return;
    this.heardSsrc = ssrc;
    if (this.media !== undefined) await this.setMedia(this.media);
  }

  /** Its packets begin no stream in the codec that was tried. */
  private async lookInNextCodec(): Promise<void> {
    if (this.media === undefined || this.closed) return;
    const audio = receivedAudio(this.media).map(({ payloadType }) => payloadType);
    const tried = this.begunWith === undefined ? 0 : audio.indexOf(this.begunWith);
    this.begunWith = audio[(tried + 1) % audio.length];
    await this.carryMedia(this.media);
  }

  restartIce(): Promise<SfuOutcome<WebRtcIce>> {
    return this.tasks.run(() =>
      this.attempt(async () => {
        const credentials = await this.way.webRtc.restartIce();
        this.gate?.restart(credentials);
        this.front?.restart(credentials);
        return this.iceWith(credentials);
      }),
    );
  }

  /** Idempotent; all that lives on the router goes with it. */
  close(): void {
    this.watch.stop();
    this.search.stop();
    this.front?.close();
    this.rtcp?.close();
    this.portAbove?.close();
    this.portAbove = undefined;
    this.closed = true;
    this.way.router.close();
  }

  /** The stream of a direction, made anew where something else is wanted. */
  private async carry(
    direction: 'toBrowser' | 'toEndpoint',
    wish: object,
    make: () => Promise<CarriedStream>,
  ): Promise<CarriedStream> {
    const wanted = JSON.stringify(wish);
    const made = this.carried.get(direction);
    if (made?.wanted === wanted) return made.stream;
    this.carried.delete(direction);
    await made?.stream.close();
    const stream = await make();
    this.carried.set(direction, { wanted, stream });
    return stream;
  }

  private iceWith({ usernameFragment, password }: types.IceParameters): WebRtcIce {
    const candidates = this.way.webRtc.iceCandidates.map(({ foundation, priority, address, port, protocol }) => ({
      foundation,
      priority,
      address,
      port,
      protocol,
    }));
    // With a front there is one way in, at the addresses that have UDP.
    const { front } = this;
    const atFront = (): WebRtcIce['candidates'] =>
      candidates.flatMap((one) => (front === undefined || one.protocol !== 'udp' ? [] : { ...one, port: front.port }));
    return { usernameFragment, password, candidates: front === undefined ? candidates : atFront() };
  }

  private async attempt<T>(act: () => Promise<T>): Promise<SfuOutcome<T>> {
    try {
      return granted(await act());
    } catch (error) {
      return refused('SFU.BAD_REQUEST', error instanceof Error ? error.message : String(error));
    }
  }
}

/** An address that listens everywhere is reached from here over loopback. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

function routerCodec(format: OpenWebRtcRequest['formats'][number]): types.RouterRtpCodecCapability {
  return { kind: 'audio', ...sfuCodecOf(format), preferredPayloadType: format.payloadType };
}

/** RFC 8122 §5: MD5 and MD2 must not be used. */
const KNOWN_HASHES: readonly string[] = ['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512'];

function isKnownHash(hash: string): hash is types.FingerprintAlgorithm {
  return KNOWN_HASHES.includes(hash);
}
