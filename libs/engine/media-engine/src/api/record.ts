/** `received` is what the endpoint's user says; `both` adds what the user hears (mixed to mono). */
export type RecordTarget =
  { kind: 'endpoint'; endpointId: string; side: 'received' | 'both' } | { kind: 'mix'; mixId: string };

export interface RecordRequest {
  recordingId?: string;
  target: RecordTarget;
  /** Final path. Until the end the audio is in `<path>.part`, which is a valid WAV at any time. */
  path: string;
  /** Default one hour. */
  maxDurationMs?: number;
  /** DTMF digits that end it, for example `#`. The key's own sound is not part of RTP events. */
  finishKeys?: string;
  /** Ends after that much silence; absent: never. */
  maxSilenceMs?: number;
}

export type RecordEndReason =
  'stopped' | 'finish-key' | 'silence' | 'max-duration' | 'target-closed' | 'disk-full' | 'failed';

export interface RecordingSummary {
  recordingId: string;
  reason: RecordEndReason;
  /** Null when nothing could be kept. */
  path: string | null;
  durationMs: number;
  /** True when no speech rose over the silence threshold. */
  silent: boolean;
  finishKey: string | null;
  detail: string | null;
}
