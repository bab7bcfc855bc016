import type { AudioCodec, AudioEncoder } from '../codecs/audio-codec.js';
import type { OutgoingStream } from './outgoing-stream.js';

/** The sent side of a stream: encodes frames, or sends payloads that are encoded already. */
export class SendingPath {
  private encoder: AudioEncoder | null = null;
  private codec: AudioCodec | null = null;
  private payloadType = 0;
  private bitrate: number | undefined;

  constructor(private readonly stream: OutgoingStream) {}

  setCodec(codec: AudioCodec, payloadType: number, bitrate?: number): void {
    this.payloadType = payloadType;
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
      this.stream.sendFrame(this.payloadType, codec.silence, nowMs);
      return;
    }
    this.encoder ??= codec.createEncoder(this.bitrate === undefined ? {} : { bitrate: this.bitrate });
    this.stream.sendFrame(this.payloadType, this.encoder.encode(frame), nowMs);
  }

  sendPayload(payload: Uint8Array, nowMs: number): void {
    this.stream.sendFrame(this.payloadType, payload, nowMs);
  }

  close(): void {
    this.dropEncoder();
  }

  private dropEncoder(): void {
    this.encoder?.close();
    this.encoder = null;
  }
}
