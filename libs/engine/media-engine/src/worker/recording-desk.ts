import type { AudioEngineEvent } from '../api/events.js';
import type { Outcome } from '../api/outcome.js';
import { accept, refuse } from '../api/outcome.js';
import type { RecordingSummary, RecordRequest } from '../api/record.js';
import { RateConverter } from '../audio/rate-converter.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import { Recording } from '../recorder/recording.js';
import type { AttachTargets } from './playback-desk.js';

/** The recordings of one worker. */
export class RecordingDesk {
  private readonly recordings = new Map<string, Recording>();

  constructor(
    private readonly targets: AttachTargets,
    private readonly context: { resamplers: ResamplerFactory; emit(event: AudioEngineEvent): void },
  ) {}

  async record(recordingId: string, request: RecordRequest): Promise<Outcome<void>> {
    const { target } = request;
    const endpoint = target.kind === 'endpoint' ? this.targets.endpoints.get(target.endpointId) : undefined;
    const mix = target.kind === 'mix' ? this.targets.mixes.get(target.mixId) : undefined;
    if (endpoint === undefined && mix === undefined)
      return refuse('MEDIA.ENDPOINT_UNKNOWN', 'There is nothing to record.');
    let recording: Recording;
    try {
      const format = {
        sampleRate: endpoint?.sampleRate ?? 16000,
        converter: new RateConverter(this.context.resamplers),
      } as const;
      recording = await Recording.create(recordingId, request, format, (summary) => {
        this.recordings.delete(recordingId);
        this.context.emit({ type: 'record-ended', target, summary });
      });
    } catch (error) {
      return refuse('MEDIA.FILE_UNWRITABLE', error instanceof Error ? error.message : String(error));
    }
    this.recordings.set(recordingId, recording);
    if (endpoint !== undefined && this.targets.endpoints.get(endpoint.endpointId) === endpoint) {
      endpoint.addRecording(recording);
    } else if (mix !== undefined && this.targets.mixes.get(mix.mixId) === mix) {
      mix.recordings.add(recording);
    } else {
      // The target closed while the file was made.
      await recording.end('target-closed');
    }
    return accept(undefined);
  }

  async stop(recordingId: string): Promise<Outcome<RecordingSummary>> {
    const recording = this.recordings.get(recordingId);
    if (recording === undefined) return refuse('MEDIA.RECORDING_UNKNOWN', `There is no recording ${recordingId}.`);
    return accept(await recording.end('stopped'));
  }

  /** Waits until every file is in its place. */
  async settle(): Promise<void> {
    await Promise.all([...this.recordings.values()].map((recording) => recording.end('target-closed')));
  }
}
