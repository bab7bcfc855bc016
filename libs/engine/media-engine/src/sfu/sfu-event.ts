import type { MediaKind, MediaSource } from './sfu-request.js';

/** A producer as the others in the room see it. */
export interface ProducerView {
  readonly producerId: string;
  readonly participantId: string;
  readonly kind: MediaKind;
  readonly source: MediaSource;
  readonly paused: boolean;
}

export interface Speaker {
  readonly participantId: string;
  /** dBov: 0 is full scale, -127 silence (RFC 6464 §3). */
  readonly levelDb: number;
}

/** Everything the SFU reports by itself, in order for each room. */
export type SfuEvent =
  | { readonly type: 'producer-added'; readonly roomId: string; readonly producer: ProducerView }
  | { readonly type: 'producer-updated'; readonly roomId: string; readonly producer: ProducerView }
  | {
      readonly type: 'producer-removed';
      readonly roomId: string;
      readonly participantId: string;
      readonly producerId: string;
      readonly reason: string;
    }
  /** Loudest first; empty when all are silent. */
  | { readonly type: 'speaking'; readonly roomId: string; readonly speakers: readonly Speaker[] }
  /** The room's media is gone: its worker died. The room must be opened again. */
  | { readonly type: 'room-lost'; readonly roomId: string; readonly reason: string }
  /** Phones and browsers of the room do not all hear each other. */
  | { readonly type: 'bridge-failed'; readonly roomId: string; readonly detail: string }
  | { readonly type: 'worker-lost'; readonly workerIndex: number; readonly reason: string; readonly retryInMs: number }
  | { readonly type: 'worker-ready'; readonly workerIndex: number; readonly pid: number };

export type SfuListener = (event: SfuEvent) => void;
export type SfuEmit = (event: SfuEvent) => void;
