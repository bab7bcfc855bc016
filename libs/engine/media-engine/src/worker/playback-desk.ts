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
  /** Whose sources are being opened still, with the target that each is for. */
  private readonly opening = new Map<Playback, PlayTarget>();
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
    // The one that was asked for last is heard, however long the files of those before take to open.
    for (const [other, its] of this.opening) if (isSameTarget(its, target)) other.end('replaced');
    this.playbacks.set(playbackId, playback);
    this.opening.set(playback, target);
    const problem = await playback.open();
    this.opening.delete(playback);
    if (playback.isEnded) {
      // Stopped or replaced meanwhile: what has opened since is closed.
      await playback.abandon();
      return accept(undefined);
    }
    // The target may have closed while the file was opened.
    const holder = this.find(target);
    if (problem !== null || holder === undefined) {
      this.playbacks.delete(playbackId);
      await playback.abandon();
      return problem === null ? noTarget(target) : refuse('MEDIA.FILE_UNREADABLE', problem);
    }
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

function isSameTarget(one: PlayTarget, other: PlayTarget): boolean {
  return one.kind === 'endpoint'
    ? other.kind === 'endpoint' && one.endpointId === other.endpointId
    : other.kind === 'mix' && one.mixId === other.mixId;
}

function noTarget(target: PlayTarget): Outcome<never> {
  return target.kind === 'endpoint'
    ? refuse('MEDIA.ENDPOINT_UNKNOWN', `There is no endpoint ${target.endpointId}.`)
    : refuse('MEDIA.MIX_UNKNOWN', `There is no mix ${target.mixId}.`);
}
