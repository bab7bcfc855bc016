import type { types } from 'mediasoup';
import type { CarriedStream } from './carry-stream.js';

const SOONEST_MS = 250;
/** Who says nothing for long is asked about less often. */
const LATEST_MS = 1000;
/** Octets a second: more than connectivity checks and RTCP take, less than any codec does. */
const LEAST_MEDIA = 1200;
/** So often every codec is tried at once. Then packets begin no stream for another reason, as a rule. */
const QUICK_ROUNDS = 2;
/** Each further round takes twice as long, up to this for each try: it takes a stream of mediasoup down and makes another. */
const RAREST_MS = 30_000;

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
  /** Since the last negotiation. */
  private tries = 0;
  private codecs = 1;

  /** @param missed told whenever packets come that begin no stream */
  constructor(
    private readonly transport: Pick<types.WebRtcTransport, 'getStats' | 'closed' | 'dtlsState'>,
    private readonly missed: () => void,
  ) {}

  /** Until this stream has begun; no other one is looked after any more. @param codecs in which it may begin */
  follow(stream: CarriedStream, codecs: number): void {
    this.codecs = codecs;
    if (stream === this.stream) return;
    this.stream = stream;
    clearTimeout(this.timer);
    if (!stream.begun) void this.begin(stream);
  }

  /** Something was agreed anew: what was in vain may not be now. */
  startAfresh(): void {
    this.tries = 0;
    this.stop();
  }

  /** Idempotent. */
  stop(): void {
    this.stream = undefined;
    clearTimeout(this.timer);
  }

  /** What came before there was this stream says nothing of it. */
  private async begin(stream: CarriedStream): Promise<void> {
    const octets = await this.octetsReceived();
    if (stream !== this.stream) return;
    this.octets = octets;
    this.later(stream, this.soonestMs);
  }

  private get soonestMs(): number {
    const rounds = Math.floor(this.tries / this.codecs);
    return Math.min(RAREST_MS, SOONEST_MS * 2 ** Math.max(0, rounds - QUICK_ROUNDS + 1));
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
    if (isMedia) {
      this.tries += 1;
      this.missed();
    }
    // Whoever is told makes another stream, which is then followed instead.
    this.later(stream, isMedia ? this.soonestMs : Math.max(this.soonestMs, Math.min(LATEST_MS, delayMs * 2)));
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
