import type { AudioCodecName } from '../api/endpoint.js';

/** Sample rates at which audio is handled inside: narrowband for G.711, wideband for the rest. */
export type PipelineRate = 8000 | 16000;

/** One tick of audio, and the only frame size inside. */
export const FRAME_MS = 20;

/** Samples of one frame. */
export function samplesPerFrame(rate: PipelineRate): number {
  return rate / 50;
}

/** The longest packet that is decoded: 120 ms (Opus' own limit) at 16 kHz. */
export const MAX_DECODED_SAMPLES = 1920;
/** An RTP payload never exceeds one Ethernet frame. */
export const MAX_PAYLOAD_OCTETS = 1500;

/** Keeps state between packets; belongs to one stream. */
export interface AudioDecoder {
  /** Writes samples of `payload` into `into` and returns how many; 0 when the payload is not understood. */
  decode(payload: Uint8Array, into: Int16Array): number;
  /** Fills in for a lost packet of `samples`; returns how many it wrote. */
  conceal(into: Int16Array, samples: number): number;
  close(): void;
}

/** Keeps state between frames; belongs to one stream, or to several that carry the same sound. */
export interface AudioEncoder {
  /**
   * Encodes exactly one frame of 20 ms, with Opus also of 10, 40 or 60, and returns the payload, which is valid until the
   * next call.
   */
  encode(frame: Int16Array): Uint8Array;
  close(): void;
}

/** What the engine knows of a codec. */
export interface AudioCodec {
  name: AudioCodecName;
  /** Of RTP timestamps. */
  clockRate: 8000 | 48000;
  sampleRate: PipelineRate;
  /** One encoded frame of silence, the same for every stream. */
  silence: Uint8Array;
  /** True when any encoder's output can follow any other's: one payload may serve many listeners. */
  stateless: boolean;
  createDecoder(): AudioDecoder;
  createEncoder(options?: { bitrate?: number }): AudioEncoder;
}
