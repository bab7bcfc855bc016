import { FRAME_MS } from '../codecs/audio-codec.js';

/** G.711 and G.722 have 64 kbit/s: what they say can be cut at every octet. */
const OCTETS_PER_MS = 8;
/** After this much of nothing, what waits for the rest of its packet is old. */
export const STALE_MS = 3 * FRAME_MS;
/** The longest packet that phones are asked to take. */
export const MOST_PACKET_MS = 60;

/** Cuts and joins frames of 20 ms to packets of another length (RFC 8866 §6.4: what the other side likes to receive). */
export class PacketSizer {
  private readonly held = new Uint8Array((MOST_PACKET_MS + FRAME_MS) * OCTETS_PER_MS);
  private length = 0;
  private beganMs = 0;
  private lastMs = -Infinity;

  /** @param send gets each packet that is whole, with when its first sample was said; the octets hold until it returns */
  constructor(
    readonly packetMs: number,
    private readonly send: (payload: Uint8Array, atMs: number) => void,
  ) {}

  push(payload: Uint8Array, nowMs: number): void {
    if (nowMs - this.lastMs > STALE_MS) this.length = 0;
    this.lastMs = nowMs;
    const octets = this.packetMs * OCTETS_PER_MS;
    if (payload.length + this.length > this.held.length) return;
    if (this.length === 0) this.beganMs = nowMs;
    this.held.set(payload, this.length);
    this.length += payload.length;
    let at = 0;
    for (; this.length - at >= octets; at += octets) {
      this.send(this.held.subarray(at, at + octets), this.beganMs);
      this.beganMs += this.packetMs;
    }
    this.held.copyWithin(0, at, this.length);
    this.length -= at;
  }
}
