import type { PlaySource } from '@carillon/contracts';
import type { PlaySource as EngineSource } from '@carillon/media-engine';

/** The contract's word for a sound, in the engine's terms. */
export function toEngineSource(source: PlaySource): EngineSource {
  switch (source.kind) {
    case 'file':
    case 'silence':
      return source;
    case 'hold-music':
      return { kind: 'music' };
    case 'tone':
      return { kind: 'tone', steps: [{ frequenciesHz: source.frequencies, durationMs: source.durationMs }] };
  }
}
