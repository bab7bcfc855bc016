import { DtmfDigit, PlayId, RecordingId } from '@carillon/domain';
import type { AudioEngineEvent, PlayEndReason, RecordEndReason } from '@carillon/media-engine';
import type { PhoneLeg } from './phone-leg.js';
import type { PhoneParts } from './phone-parts.js';

const PLAY_REASONS = {
  finished: 'finished',
  stopped: 'stopped',
  replaced: 'stopped',
  dtmf: 'dtmf',
  'target-closed': 'closed',
  failed: 'failed',
} as const satisfies Record<PlayEndReason, string>;

const RECORD_REASONS = {
  stopped: 'stopped',
  'finish-key': 'dtmf',
  silence: 'silence',
  'max-duration': 'max-duration',
  'target-closed': 'closed',
  'disk-full': 'failed',
  failed: 'failed',
} as const satisfies Record<RecordEndReason, string>;

/** Tells the bus what the engine reports about phones' endpoints. @returns stops telling */
export function publishMediaEvents(parts: PhoneParts): () => void {
  return parts.engine.on((event) => hear(parts, event));
}

function hear(parts: PhoneParts, event: AudioEngineEvent): void {
  switch (event.type) {
    case 'dtmf-received':
      return hearDigit(parts, event);
    case 'play-ended':
      return hearPlayEnd(parts, event);
    case 'record-ended':
      return hearRecordEnd(parts, event);
    case 'endpoint-lost':
      return lose(parts, event);
    case 'worker-replaced':
      return parts.logger.error({ worker: event.workerIndex }, `An audio worker was replaced: ${event.detail}`);
    case 'mix-lost':
      return parts.logger.error({ mixId: event.mixId }, `A mix is lost: ${event.detail}`);
    case 'media-started':
    case 'endpoint-closed':
    case 'mix-levels':
      return;
  }
}

function hearDigit(parts: PhoneParts, event: AudioEngineEvent & { type: 'dtmf-received' }): void {
  const leg = parts.legs.find(event.endpointId);
  const digit = DtmfDigit.safeParse(event.digit);
  if (leg === undefined || !digit.success) return;
  parts.bus.publish('media.dtmf-received', { ...namesOf(leg), digit: digit.data, durationMs: event.durationMs });
}

function hearPlayEnd(parts: PhoneParts, event: AudioEngineEvent & { type: 'play-ended' }): void {
  if (event.target.kind !== 'endpoint') return;
  const leg = parts.legs.find(event.target.endpointId);
  if (leg === undefined) return;
  if (leg.playId === event.playbackId) leg.playId = null;
  if (event.reason === 'failed') parts.logger.error(namesOf(leg), `A playback failed: ${event.detail ?? 'unknown'}`);
  const playId = PlayId.parse(event.playbackId);
  parts.bus.publish('media.play-ended', { ...namesOf(leg), playId, reason: PLAY_REASONS[event.reason] });
}

function hearRecordEnd(parts: PhoneParts, event: AudioEngineEvent & { type: 'record-ended' }): void {
  if (event.target.kind !== 'endpoint') return;
  const leg = parts.legs.find(event.target.endpointId);
  if (leg === undefined) return;
  const { summary } = event;
  if (leg.recordingId === summary.recordingId) leg.recordingId = null;
  if (summary.reason === 'disk-full')
    parts.logger.error({ path: leg.recordingPath }, 'A recording ended: the disk is full');
  else if (summary.reason === 'failed') {
    parts.logger.error({ path: leg.recordingPath }, `A recording failed: ${summary.detail ?? 'unknown'}`);
  }
  parts.bus.publish('media.record-ended', {
    ...namesOf(leg),
    recordingId: RecordingId.parse(summary.recordingId),
    // Empty when nothing could be kept.
    path: summary.path ?? '',
    durationMs: summary.durationMs,
    reason: RECORD_REASONS[summary.reason],
  });
}

/** A lost endpoint is closed first, so that its recording is in place and told before the loss. */
function lose(parts: PhoneParts, event: AudioEngineEvent & { type: 'endpoint-lost' }): void {
  const leg = parts.legs.find(event.endpointId);
  if (leg === undefined) return;
  parts.logger.warn(namesOf(leg), `An endpoint is lost: ${event.reason}. ${event.detail ?? ''}`.trim());
  const tell = (reason: 'rtp-timeout' | 'worker-died'): void => {
    if (parts.legs.remove(event.endpointId) !== undefined) {
      parts.bus.publish('media.endpoint-lost', { ...namesOf(leg), reason });
    }
  };
  if (event.reason === 'worker-crashed') return tell('worker-died');
  Promise.resolve(parts.engine.closeEndpoint(event.endpointId, event.reason))
    .then(() => tell(event.reason === 'rtp-silence' ? 'rtp-timeout' : 'worker-died'))
    .catch((error: unknown) => parts.logger.error({ error }, 'A lost endpoint could not be closed'));
}

function namesOf({ organisationId, callId, legId, endpointId }: PhoneLeg) {
  return { organisationId, callId, legId, endpointId };
}
