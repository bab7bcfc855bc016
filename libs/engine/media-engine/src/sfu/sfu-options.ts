import type { AudioEngine } from '../api/audio-engine.js';
import type { ConnectionLimits } from '../webrtc/connection-watch.js';

export interface SfuEngineOptions {
  /** The phones' audio: the bridge taps and feeds it. */
  readonly audio: AudioEngine;
  /** Where browsers' media is received. */
  readonly listenAddress: string;
  /** The address told to browsers, where it differs (NAT, or listening on all addresses). */
  readonly announcedAddress?: string;
  /** The same of IPv6, beside that one, where `listenAddress` is `::`. */
  readonly announcedAddress6?: string | undefined;
  /** One worker for each, listening there for UDP and TCP. */
  readonly webRtcPorts: readonly number[];
  /** Loopback ports between the SFU and the audio engine, inclusive: one for each phone and each browser microphone. */
  readonly bridgePorts: { readonly min: number; readonly max: number };
  /** Path of the mediasoup worker; where absent, mediasoup looks at MEDIASOUP_WORKER_BIN and then at its own download. */
  readonly workerBinary?: string;
  /** A 32-bit number for a phone's stream in the SFU. */
  readonly randomSsrc?: () => number;
  readonly limits?: Partial<SfuLimits>;
  /** How long browsers in calls may take to connect. */
  readonly connectionLimits?: ConnectionLimits;
}

/** Bounds on what one room and one participant may take up. */
export interface SfuLimits {
  readonly rooms: number;
  readonly participantsPerRoom: number;
  readonly consumersPerParticipant: number;
  /** What a browser may send us, bit/s. */
  readonly maxIncomingBitrate: number;
}

export const DEFAULT_SFU_LIMITS: SfuLimits = {
  rooms: 500,
  participantsPerRoom: 200,
  consumersPerParticipant: 400,
  maxIncomingBitrate: 4_000_000,
};
