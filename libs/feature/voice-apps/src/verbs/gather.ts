import { play } from './play.js';
import type { GatherVerb, VerbContext } from './verb.js';

/** Says what it has to say and takes keys. @returns what was pressed; empty where nothing was */
export async function gather(verb: GatherVerb, context: VerbContext, signal: AbortSignal): Promise<string> {
  const { digits } = context.line;
  if (verb.fresh) digits.clear();
  if (digits.isEmpty) await play(verb.say, true, context, signal);
  let pressed = '';
  while (pressed.length < verb.maxDigits) {
    const digit = await digits.next(pressed === '' ? verb.firstDigitMs : verb.interDigitMs, signal);
    if (digit === undefined || digit === verb.terminator) break;
    pressed += digit;
  }
  return pressed;
}
