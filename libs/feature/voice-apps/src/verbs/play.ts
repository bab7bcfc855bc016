import type { PlayEnd } from '../line/call-line.js';
import type { Say } from '../line/say.js';
import type { VerbContext } from './verb.js';

/** Says it all, or up to the first key with `bargeIn`. */
export async function play(
  say: readonly Say[],
  bargeIn: boolean,
  { line, speaker }: VerbContext,
  signal: AbortSignal,
): Promise<PlayEnd> {
  const sources = await speaker.sources(say);
  signal.throwIfAborted();
  return line.play(sources, bargeIn, signal);
}
