import { text } from '../line/say.js';
import { PHRASES } from '../phrases.js';
import { play } from './play.js';
import { DONE, type VerbContext, type VerbOutcome } from './verb.js';

/** A forgotten echo test ends by itself. */
const LONGEST_MS = 10 * 60_000;

/** Lets callers hear themselves until they hang up or press `#`. */
export async function echo(context: VerbContext, signal: AbortSignal): Promise<VerbOutcome> {
  const { line, clock } = context;
  await play([text(PHRASES.echo)], true, context, signal);
  line.digits.clear();
  await line.echo();
  const end = clock.now() + LONGEST_MS;
  for (let left = LONGEST_MS; left > 0; left = end - clock.now())
    if ((await line.digits.next(left, signal)) === '#') break;
  return DONE;
}
