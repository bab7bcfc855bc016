import type { CommandPayload } from '@carillon/contracts';
import type { CommandAnswer } from '@carillon/event-bus';
import type { CallParts } from '../call-parts.js';
import { answerLeg, markAnswered } from './answer-leg.js';

/** `call.answer`, from the application that has the call. */
export async function answerCall(
  parts: CallParts,
  { organisationId, callId }: CommandPayload<'call.answer'>,
): Promise<CommandAnswer<'call.answer'>> {
  const call = parts.calls.find(organisationId, callId);
  if (call?.led === undefined) return { ok: false, code: 'CALL.GONE' };
  const outcome = await answerLeg(parts, call, call.led);
  if (!outcome.ok) return outcome;
  if (call.state !== 'answered') markAnswered(parts, call);
  return { ok: true };
}
