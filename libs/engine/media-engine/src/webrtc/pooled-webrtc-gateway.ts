import type { TransportAddress } from '../api/endpoint.js';
import { LOOPBACK } from '../sfu/bridge/open-loopback-transport.js';
import { granted, refused, type SfuOutcome } from '../sfu/sfu-outcome.js';
import type { RunningWorker } from '../sfu/worker-pool.js';
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './connection-watch.js';
import type {
  OpenedWebRtc,
  OpenWebRtcRequest,
  WebRtcEvent,
  WebRtcGateway,
  WebRtcIce,
  WebRtcLostReason,
  WebRtcMedia,
  WebRtcRemote,
} from './webrtc-api.js';
import { WebRtcEndpoint } from './webrtc-endpoint.js';

export interface PooledWebRtcGatewayOptions {
  /** A mediasoup worker with little to do; waits a moment for one that is being replaced. */
  readonly acquire: () => Promise<RunningWorker | undefined>;
  readonly ports: { readonly min: number; readonly max: number };
  readonly limits?: ConnectionLimits;
}

/** The WebRTC sides of phones' endpoints, on the mediasoup workers of the SFU. */
export class PooledWebRtcGateway implements WebRtcGateway {
  private readonly endpoints = new Map<string, WebRtcEndpoint>();
  /** Under way, the latest of each; whoever hangs up takes it out. */
  private readonly openings = new Map<string, OpenWebRtcRequest>();
  private readonly listeners = new Set<(event: WebRtcEvent) => void>();
  private closed = false;

  constructor(private readonly options: PooledWebRtcGatewayOptions) {}

  get count(): number {
    return this.endpoints.size;
  }

  countOn(workerIndex: number): number {
    let count = 0;
    for (const endpoint of this.endpoints.values()) if (endpoint.workerIndex === workerIndex) count += 1;
    return count;
  }

  on(listener: (event: WebRtcEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async open(request: OpenWebRtcRequest): Promise<SfuOutcome<OpenedWebRtc>> {
    const { endpointId } = request;
    this.openings.set(endpointId, request);
    try {
      const running = this.closed ? undefined : await this.options.acquire();
      if (running === undefined) return refused('SFU.UNAVAILABLE', 'No mediasoup worker runs');
      const endpoint = await WebRtcEndpoint.open({
        running,
        request,
        loopbackAddress: LOOPBACK,
        ports: this.options.ports,
        limits: this.options.limits ?? DEFAULT_CONNECTION_LIMITS,
        lost: (reason, detail) => this.lose(endpointId, reason, detail),
      });
      if (this.closed) {
        endpoint.close();
        return refused('SFU.CLOSED', 'The SFU is closed');
      }
      // Nobody would ever close it.
      if (this.openings.get(endpointId) !== request) {
        endpoint.close();
        return refused('SFU.ENDPOINT_UNAVAILABLE', 'The endpoint was closed meanwhile');
      }
      this.endpoints.get(endpointId)?.close();
      this.endpoints.set(endpointId, endpoint);
      return granted(endpoint.opened);
    } catch (error) {
      return refused('SFU.UNAVAILABLE', error instanceof Error ? error.message : String(error));
    } finally {
      if (this.openings.get(endpointId) === request) this.openings.delete(endpointId);
    }
  }

  connect(endpointId: string, remote: WebRtcRemote): Promise<SfuOutcome<void>> {
    return this.at(endpointId, (endpoint) => endpoint.connect(remote));
  }

  expectConnection(endpointId: string): void {
    this.endpoints.get(endpointId)?.expectConnection();
  }

  setMedia(endpointId: string, media: WebRtcMedia): Promise<SfuOutcome<{ ssrc: number }>> {
    return this.at(endpointId, (endpoint) => endpoint.setMedia(media));
  }

  restartIce(endpointId: string): Promise<SfuOutcome<WebRtcIce>> {
    return this.at(endpointId, (endpoint) => endpoint.restartIce());
  }

  remoteAddress(endpointId: string): TransportAddress | null {
    return this.endpoints.get(endpointId)?.remoteAddress ?? null;
  }

  close(endpointId: string): void {
    this.openings.delete(endpointId);
    this.endpoints.get(endpointId)?.close();
    this.endpoints.delete(endpointId);
  }

  /** Idempotent. */
  closeAll(): void {
    this.closed = true;
    for (const endpoint of this.endpoints.values()) endpoint.close();
    this.endpoints.clear();
  }

  private at<T>(endpointId: string, act: (endpoint: WebRtcEndpoint) => Promise<SfuOutcome<T>>): Promise<SfuOutcome<T>> {
    const endpoint = this.endpoints.get(endpointId);
    return endpoint === undefined
      ? Promise.resolve(refused('SFU.ENDPOINT_UNAVAILABLE', 'The endpoint has no WebRTC side'))
      : act(endpoint);
  }

  private lose(endpointId: string, reason: WebRtcLostReason, detail: string): void {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint === undefined) return;
    this.close(endpointId);
    for (const listener of this.listeners) listener({ type: 'webrtc-lost', endpointId, reason, detail });
  }
}
