import type { Say } from '../line/say.js';
import { play } from './play.js';
import type { VerbContext, VerbOutcome } from './verb.js';

/** Says goodbye and ends the call. */
export async function hangUp(
  { say, reason }: { say: readonly Say[]; reason: string },
  context: VerbContext,
  signal: AbortSignal,
): Promise<VerbOutcome> {
  await play(say, false, context, signal);
  await context.line.hangUp(reason);
  return { kind: 'handed-over' };
}
