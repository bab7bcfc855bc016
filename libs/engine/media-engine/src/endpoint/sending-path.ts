import type { AudioCodec, AudioEncoder } from '../codecs/audio-codec.js';
import { FRAME_MS } from '../codecs/audio-codec.js';
import { FrameSizer, opusPacketMs } from './frame-sizer.js';
import type { OutgoingStream } from './outgoing-stream.js';
import { MOST_PACKET_MS, PacketSizer } from './packet-sizer.js';

/** The sent side of a stream: encodes frames, or sends payloads that are encoded already. */
export class SendingPath {
  private encoder: AudioEncoder | null = null;
  private codec: AudioCodec | null = null;
  private payloadType = 0;
  private bitrate: number | undefined;
  private packetMs = FRAME_MS;
  /** Of what is encoded already: where it can be cut. */
  private packets: PacketSizer | null = null;
  /** Of what is still to be encoded: where it cannot. */
  private frames: FrameSizer | null = null;

  constructor(private readonly stream: OutgoingStream) {}

  /** @param format.packetTimeMs how much goes into a packet */
  setCodec(
    codec: AudioCodec,
    payloadType: number,
    { bitrate, packetTimeMs = FRAME_MS }: { readonly bitrate?: number; readonly packetTimeMs?: number } = {},
  ): void {
    this.payloadType = payloadType;
    this.size(codec, packetTimeMs);
    if (codec === this.codec && bitrate === this.bitrate) return;
    this.bitrate = bitrate;
    this.dropEncoder();
    this.codec = codec;
  }

  private size(codec: AudioCodec, likedMs: number): void {
    const isOpus = codec.clockRate !== 8000;
    const packetMs = isOpus ? opusPacketMs(likedMs) : Math.min(likedMs, MOST_PACKET_MS);
    if (packetMs === this.packetMs && isOpus === (this.frames !== null)) return;
    this.packetMs = packetMs;
    const usual = packetMs === FRAME_MS;
    this.packets = usual || isOpus ? null : new PacketSizer(packetMs, this.emit);
    this.frames = usual || !isOpus ? null : new FrameSizer(packetMs, codec.sampleRate, this.encodeAndEmit);
  }

  /** Whether `sendPayload` has a use for frames of 20 ms that were encoded elsewhere. */
  get takesPayloads(): boolean {
    return this.frames === null;
  }

  /** Null sends the codec's frame of silence. */
  sendFrame(frame: Int16Array | null, nowMs: number): void {
    const { codec } = this;
    if (codec === null) return;
    if (this.frames !== null) this.frames.push(frame, nowMs);
    else if (frame === null) this.sendPayload(codec.silence, nowMs);
    else this.sendPayload(this.encode(codec, frame), nowMs);
  }

  sendPayload(payload: Uint8Array, nowMs: number): void {
    if (this.packets === null) this.emit(payload, nowMs);
    else this.packets.push(payload, nowMs);
  }

  close(): void {
    this.dropEncoder();
  }

  private readonly emit = (payload: Uint8Array, atMs: number): void => {
    this.stream.sendFrame(this.payloadType, payload, atMs, this.packetMs);
  };

  private readonly encodeAndEmit = (frame: Int16Array, atMs: number): void => {
    if (this.codec !== null) this.emit(this.encode(this.codec, frame), atMs);
  };

  private encode(codec: AudioCodec, frame: Int16Array): Uint8Array {
    this.encoder ??= codec.createEncoder(this.bitrate === undefined ? {} : { bitrate: this.bitrate });
    return this.encoder.encode(frame);
  }

  private dropEncoder(): void {
    this.encoder?.close();
    this.encoder = null;
  }
}
