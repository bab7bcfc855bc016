import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PlaySource } from '@carillon/contracts';
import { holdMusicFile } from '@carillon/domain';
import type { AudioEngine } from '@carillon/media-engine';
import { toEngineSource } from '../sfu/to-engine-source.js';
import type { PhoneLeg } from './phone-leg.js';
import type { PhoneParts } from './phone-parts.js';

type Played = ReturnType<AudioEngine['play']>;
type Request = Omit<Parameters<AudioEngine['play']>[0], 'sources'>;

/**
 * Plays to a leg; the music on hold is its organisation's own, where there is a file of it. A file that cannot be played is
 * logged, and ours is heard. Who hears a file goes on with it when it is replaced or removed.
 */
export async function playWithOwnMusic(
  { engine, dataDir, logger }: PhoneParts,
  { organisationId }: Pick<PhoneLeg, 'organisationId'>,
  sources: readonly PlaySource[],
  request: Request,
): Promise<Awaited<Played>> {
  const ours = sources.map(toEngineSource);
  if (!sources.some(({ kind }) => kind === 'hold-music')) return engine.play({ ...request, sources: ours });
  const path = join(dataDir, holdMusicFile(organisationId));
  // Asked at once, so that what is stopped next is what was begun here.
  if (!existsSync(path)) return engine.play({ ...request, sources: ours });
  const own = ours.map((source) => (source.kind === 'music' ? { kind: 'file' as const, path } : source));
  const outcome = await engine.play({ ...request, sources: own });
  if (outcome.ok || outcome.code !== 'MEDIA.FILE_UNREADABLE') return outcome;
  logger.error({ organisationId, detail: outcome.detail }, 'The own music on hold cannot be played: ours is heard');
  return engine.play({ ...request, sources: ours });
}
