import type { types } from 'mediasoup';
import type { CarriedStream } from './carry-stream.js';

const SOONEST_MS = 250;
/** Who says nothing for long is asked about less often. */
const LATEST_MS = 1000;
/** Octets a second: more than connectivity checks and RTCP take, less than any codec does. */
const LEAST_MEDIA = 1200;

/**
 * Finds out that a stream begins in another codec than the first one that was agreed, which the other side may do
 * (RFC 3264 §6.1): packets come then, and mediasoup makes no stream of them, since it begins streams in their first codec
 * alone. Browsers send such packets to mediasoup directly, so that nobody else sees their payload types.
 */
export class FirstCodecSearch {
  private timer: NodeJS.Timeout | undefined;
  private stream: CarriedStream | undefined;
  /** All that the transport had received when it was looked at last; undefined while it is not connected. */
  private octets: number | undefined;

  /** @param missed told whenever packets come that begin no stream */
  constructor(
    private readonly transport: Pick<types.WebRtcTransport, 'getStats' | 'closed' | 'dtlsState'>,
    private readonly missed: () => void,
  ) {}

  /** Until this stream has begun; no other one is looked after any more. */
  follow(stream: CarriedStream): void {
    if (stream === this.stream) return;
    this.stream = stream;
    this.later(stream, SOONEST_MS);
  }

  /** Idempotent. */
  stop(): void {
    this.stream = undefined;
    clearTimeout(this.timer);
  }

  private later(stream: CarriedStream, delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(stream, delayMs), delayMs);
    this.timer.unref();
  }

  private async look(stream: CarriedStream, delayMs: number): Promise<void> {
    const before = this.octets;
    const now = await this.octetsReceived();
    if (stream !== this.stream || stream.begun || this.transport.closed) return;
    this.octets = now;
    const isMedia = before !== undefined && now !== undefined && (now - before) * 1000 > LEAST_MEDIA * delayMs;
    if (isMedia) this.missed();
    // Whoever is told makes another stream, which is then followed instead.
    this.later(stream, isMedia ? SOONEST_MS : Math.min(LATEST_MS, delayMs * 2));
  }

  /** What mediasoup makes no stream of, it counts as nothing but octets. */
  private async octetsReceived(): Promise<number | undefined> {
    if (this.transport.dtlsState !== 'connected') return undefined;
    try {
      const [stats] = await this.transport.getStats();
      return stats?.bytesReceived;
    } catch {
      // It was closed meanwhile, or its worker died, which its owner is told.
      return undefined;
    }
  }
}
