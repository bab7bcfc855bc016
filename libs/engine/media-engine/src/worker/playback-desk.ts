import type { AudioEngineEvent } from '../api/events.js';
import type { Outcome } from '../api/outcome.js';
import { accept, refuse } from '../api/outcome.js';
import type { PlayRequest, PlayTarget } from '../api/play.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import type { PhoneEndpoint } from '../endpoint/phone-endpoint.js';
import type { Mix } from '../mix/mix.js';
import { HoldMusic } from '../player/hold-music.js';
import { Playback } from '../player/playback.js';

/** Where playbacks and recordings may be attached. */
export interface AttachTargets {
  endpoints: ReadonlyMap<string, PhoneEndpoint>;
  mixes: ReadonlyMap<string, Mix>;
}

/** The playbacks of one worker. */
export class PlaybackDesk {
  private readonly playbacks = new Map<string, Playback>();
  private readonly music = new HoldMusic();

  constructor(
    private readonly targets: AttachTargets,
    private readonly context: { resamplers: ResamplerFactory; emit(event: AudioEngineEvent): void },
  ) {}

  async play(playbackId: string, request: PlayRequest): Promise<Outcome<void>> {
    if (this.find(request.target) === undefined) return noTarget(request.target);
    const { target } = request;
    const parts = { resamplers: this.context.resamplers, music: this.music };
    const playback = new Playback(playbackId, request, parts, (reason, played) => {
      this.playbacks.delete(playbackId);
      this.context.emit({ type: 'play-ended', playbackId, target, reason, ...played });
    });
    const problem = await playback.open();
    if (problem !== null) return refuse('MEDIA.FILE_UNREADABLE', problem);
    // The target may have closed while the file was opened.
    const holder = this.find(target);
    if (holder === undefined) {
      await playback.abandon();
      return noTarget(target);
    }
    this.playbacks.set(playbackId, playback);
    holder.playback?.end('replaced');
    holder.playback = playback;
    if ('playbackChanged' in holder) holder.playbackChanged();
    return accept(undefined);
  }

  stop(playbackId: string): Outcome<void> {
    const playback = this.playbacks.get(playbackId);
    if (playback === undefined) return refuse('MEDIA.PLAYBACK_UNKNOWN', `There is no playback ${playbackId}.`);
    playback.end('stopped');
    return accept(undefined);
  }

  private find(target: PlayTarget): PhoneEndpoint | Mix | undefined {
    return target.kind === 'endpoint'
      ? this.targets.endpoints.get(target.endpointId)
      : this.targets.mixes.get(target.mixId);
  }
}

function noTarget(target: PlayTarget): Outcome<never> {
  return target.kind === 'endpoint'
    ? refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no endpoint ${target.endpointId}.`)
    : refuse('MEDIA.MIX_UNKNOWN', `There is no mix ${target.mixId}.`);
}
