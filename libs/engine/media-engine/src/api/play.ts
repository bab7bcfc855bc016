/** One cadence step of a tone. Two frequencies sound together; silence has none. */
export interface ToneStep {
  frequenciesHz: readonly number[];
  durationMs: number;
}

/** What a player sounds. All WAV data is PCM16, 8 to 48 kHz; more than one channel is mixed down to mono. */
export type PlaySource =
  | { kind: 'file'; path: string }
  | { kind: 'memory'; wav: Uint8Array }
  | { kind: 'tone'; steps: readonly ToneStep[]; levelDbov?: number }
  | { kind: 'silence'; durationMs: number }
  /** The music for who waits, once. */
  | { kind: 'music' };

export type PlayTarget = { kind: 'endpoint'; endpointId: string } | { kind: 'mix'; mixId: string };

export interface PlayRequest {
  playbackId?: string;
  target: PlayTarget;
  /** Played one after the other. */
  sources: readonly PlaySource[];
  /** How often the whole list sounds; 0 is until stopped. Default 1. */
  repeat?: number;
  /** Barge-in: a digit received by the target endpoint ends the playback. `true` is any digit. */
  stopOnDtmf?: boolean | string;
  /**
   * `replace` silences what the endpoint would hear otherwise (default); `overlay` sounds over it; `yield` gives way to
   * it as long as it is no silence.
   */
  blend?: 'replace' | 'overlay' | 'yield';
}

export type PlayEndReason = 'finished' | 'stopped' | 'dtmf' | 'replaced' | 'target-closed' | 'failed';
