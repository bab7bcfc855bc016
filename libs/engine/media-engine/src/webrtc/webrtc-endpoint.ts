import type { types } from 'mediasoup';
import { ClosingSteps } from '../sfu/bridge/closing-steps.js';
import { openLoopbackTransport } from '../sfu/bridge/open-loopback-transport.js';
import { SerialTasks } from '../sfu/serial-tasks.js';
import { granted, refused, type SfuOutcome } from '../sfu/sfu-outcome.js';
import type { RunningWorker } from '../sfu/worker-pool.js';
import { ConnectionWatch, type ConnectionLimits } from './connection-watch.js';
import { carryToBrowser, carryToEndpoint, sfuCodecOf, type CarriedStream, type StreamWay } from './carry-stream.js';
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
  private readonly carried = new Map<'toBrowser' | 'toEndpoint', Made>();

  private constructor(
    readonly workerIndex: number,
    private readonly request: OpenWebRtcRequest,
    private readonly way: StreamWay,
    private readonly watch: ConnectionWatch,
  ) {}

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
      return new WebRtcEndpoint(running.index, request, { router, webRtc, plain }, watch);
    } catch (error) {
      await closing.run();
      throw error;
    }
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
    };
  }

  /** `ip:port` that ICE chose. */
  get remoteAddress(): string | null {
    const tuple = this.way.webRtc.iceSelectedTuple;
    return tuple?.remoteIp === undefined ? null : `${tuple.remoteIp}:${tuple.remotePort}`;
  }

  connect(remote: WebRtcRemote): Promise<SfuOutcome<void>> {
    return this.tasks.run(async () => {
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
        await this.way.webRtc.connect({ dtlsParameters: { role: remote.dtlsRole, fingerprints } });
        this.remote = remote;
      });
    });
  }

  expectConnection(): void {
    this.watch.expect();
  }

  /**
   * Each direction is made anew only where it changes: what the other side hears keeps its SSRC while it holds and
   * resumes. While the other side sends nothing, what it sent with stays known.
   */
  setMedia(media: WebRtcMedia): Promise<SfuOutcome<{ ssrc: number }>> {
    return this.tasks.run(() =>
      this.attempt(async () => {
        const { codec, telephoneEvent, source, ourMid } = media;
        const { request, way } = this;
        const heard = await this.carry('toBrowser', { codec, telephoneEvent, ourMid }, () =>
          carryToBrowser(way, media, request),
        );
        if (source !== undefined) {
          await this.carry('toEndpoint', { codec, telephoneEvent, source }, () => carryToEndpoint(way, media, source));
        }
        return { ssrc: heard.ssrc };
      }),
    );
  }

  restartIce(): Promise<SfuOutcome<WebRtcIce>> {
    return this.tasks.run(() => this.attempt(async () => this.iceWith(await this.way.webRtc.restartIce())));
  }

  /** Idempotent; all that lives on the router goes with it. */
  close(): void {
    this.watch.stop();
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
    return { usernameFragment, password, candidates };
  }

  private async attempt<T>(act: () => Promise<T>): Promise<SfuOutcome<T>> {
    try {
      return granted(await act());
    } catch (error) {
      return refused('SFU.BAD_REQUEST', error instanceof Error ? error.message : String(error));
    }
  }
}

function routerCodec(format: OpenWebRtcRequest['formats'][number]): types.RouterRtpCodecCapability {
  return { kind: 'audio', ...sfuCodecOf(format), preferredPayloadType: format.payloadType };
}

/** RFC 8122 §5: MD5 and MD2 must not be used. */
const KNOWN_HASHES: readonly string[] = ['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512'];

function isKnownHash(hash: string): hash is types.FingerprintAlgorithm {
  return KNOWN_HASHES.includes(hash);
}
