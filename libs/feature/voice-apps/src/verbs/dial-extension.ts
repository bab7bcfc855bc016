import { play } from './play.js';
import type { DialExtensionVerb, VerbContext, VerbOutcome } from './verb.js';

const INTER_DIGIT_MS = 3_000;
/** An extension has at most eight digits. */
const LONGEST = 8;

/**
 * Takes an extension from the caller. It goes on at once where the digits name one and could begin no longer one; else
 * after `#` or a pause. Feature codes and outside numbers cannot be dialled here: the caller may be anyone.
 */
export async function dialExtension(
  verb: DialExtensionVerb,
  context: VerbContext,
  signal: AbortSignal,
): Promise<VerbOutcome> {
  const { line, directory } = context;
  const { organisationId } = line.handOver;
  if (verb.fresh) line.digits.clear();
  if (line.digits.isEmpty) await play(verb.say, true, context, signal);
  let number = '';
  while (number.length < LONGEST) {
    const digit = await line.digits.next(number === '' ? verb.firstDigitMs : INTER_DIGIT_MS, signal);
    if (digit === undefined || digit === '#') break;
    number += digit;
    if (await directory.isUnambiguous(organisationId, number)) break;
  }
  if (number === '') return { kind: 'digits', digits: '' };
  const destination = await directory.findDestination(organisationId, number);
  return destination === null ? { kind: 'unknown-extension' } : { kind: 'destination', destination };
}
