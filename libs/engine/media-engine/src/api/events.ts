import type { EndpointStatistics, TransportAddress } from './endpoint.js';
import type { MemberLevel } from './mix.js';
import type { PlayEndReason, PlayTarget } from './play.js';
import type { RecordingSummary, RecordTarget } from './record.js';

export type EndpointLostReason = 'rtp-silence' | 'worker-crashed' | 'socket-failed';

/** Everything the engine reports by itself. */
export type AudioEngineEvent =
  | { type: 'media-started'; endpointId: string; remote: TransportAddress }
  | { type: 'dtmf-received'; endpointId: string; digit: string; durationMs: number; method: 'rtp' | 'command' }
  | {
      type: 'play-ended';
      playbackId: string;
      target: PlayTarget;
      reason: PlayEndReason;
      playedMs: number;
      digit: string | null;
      detail: string | null;
    }
  | { type: 'record-ended'; target: RecordTarget; summary: RecordingSummary }
  /** `rtp-silence` leaves the endpoint open (its owner decides); the other reasons mean it is gone. */
  | { type: 'endpoint-lost'; endpointId: string; reason: EndpointLostReason; detail: string | null }
  | { type: 'endpoint-closed'; endpointId: string; reason: string; statistics: EndpointStatistics }
  /** Sent when the set of speaking members changes, and at most every 500 ms while somebody speaks. */
  | { type: 'mix-levels'; mixId: string; levels: readonly MemberLevel[] }
  | { type: 'mix-lost'; mixId: string; detail: string }
  | { type: 'worker-replaced'; workerIndex: number; detail: string };

export type AudioEngineListener = (event: AudioEngineEvent) => void;
