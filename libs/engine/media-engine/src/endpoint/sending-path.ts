import type { AudioCodec, AudioEncoder } from '../codecs/audio-codec.js';
import { FRAME_MS } from '../codecs/audio-codec.js';
import type { OutgoingStream } from './outgoing-stream.js';
import { MOST_PACKET_MS, PacketSizer } from './packet-sizer.js';

/** The sent side of a stream: encodes frames, or sends payloads that are encoded already. */
export class SendingPath {
  private encoder: AudioEncoder | null = null;
  private codec: AudioCodec | null = null;
  private payloadType = 0;
  private bitrate: number | undefined;
  private sizer: PacketSizer | null = null;

  constructor(private readonly stream: OutgoingStream) {}

  /** @param format.packetTimeMs how much goes into a packet; Opus keeps to its frames */
  setCodec(
    codec: AudioCodec,
    payloadType: number,
    { bitrate, packetTimeMs = FRAME_MS }: { readonly bitrate?: number; readonly packetTimeMs?: number } = {},
  ): void {
    this.payloadType = payloadType;
    const packetMs = codec.clockRate === 8000 ? Math.min(packetTimeMs, MOST_PACKET_MS) : FRAME_MS;
    if (packetMs === FRAME_MS) this.sizer = null;
    else if (this.sizer?.packetMs !== packetMs) this.sizer = new PacketSizer(packetMs);
    if (codec === this.codec && bitrate === this.bitrate) return;
    this.bitrate = bitrate;
    this.dropEncoder();
    this.codec = codec;
  }

  /** Null sends the codec's frame of silence. */
  sendFrame(frame: Int16Array | null, nowMs: number): void {
    const { codec } = this;
    if (codec === null) return;
    if (frame === null) {
      this.sendPayload(codec.silence, nowMs);
      return;
    }
    this.encoder ??= codec.createEncoder(this.bitrate === undefined ? {} : { bitrate: this.bitrate });
    this.sendPayload(this.encoder.encode(frame), nowMs);
  }

  sendPayload(payload: Uint8Array, nowMs: number): void {
    const { sizer } = this;
    if (sizer === null) this.stream.sendFrame(this.payloadType, payload, nowMs);
    else
      sizer.push(payload, nowMs, (packet, atMs) =>
        this.stream.sendFrame(this.payloadType, packet, atMs, sizer.packetMs),
      );
  }

  close(): void {
    this.dropEncoder();
  }

  private dropEncoder(): void {
    this.encoder?.close();
    this.encoder = null;
  }
}
