import { play } from './play.js';
import type { TransferVerb, VerbContext, VerbOutcome } from './verb.js';

/** Leads the caller elsewhere. With `fallback: 'return'` it waits, and hears if nobody was found. */
export async function transfer(verb: TransferVerb, context: VerbContext, signal: AbortSignal): Promise<VerbOutcome> {
  const { line, logger } = context;
  await play(verb.say, false, context, signal);
  const answer = await line.redirect(verb.target, verb.fallback, signal);
  if (!answer.ok) {
    logger.info({ code: answer.code, target: verb.target }, 'A caller could not be led on');
    return answer.code === 'CALL.GONE' ? { kind: 'handed-over' } : { kind: 'refused', code: answer.code };
  }
  if (verb.fallback === 'target') return { kind: 'handed-over' };
  const outcome = await line.callerReturned(signal);
  line.digits.clear();
  return { kind: 'returned', outcome };
}
