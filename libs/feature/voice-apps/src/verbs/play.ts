import type { PlayEnd } from '../line/call-line.js';
import type { Say } from '../line/say.js';
import type { VerbContext } from './verb.js';

/** Says it all, or up to the first key with `bargeIn`: also one that comes while the words are still made. */
export async function play(
  say: readonly Say[],
  bargeIn: boolean,
  { line, speaker }: VerbContext,
  signal: AbortSignal,
): Promise<PlayEnd> {
  const before = line.digits.pressed;
  const sources = await speaker.sources(say);
  signal.throwIfAborted();
  if (bargeIn && line.digits.pressed > before) return 'dtmf';
  return line.play(sources, bargeIn, signal);
}
