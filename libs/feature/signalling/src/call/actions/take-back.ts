import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';

/** Takes the led leg back from a voice application: what runs there stops without ending the call. */
export async function takeBack({ bus, logger }: CallParts, call: Call): Promise<void> {
  if (call.control !== 'voice-app') return;
  call.control = 'signalling';
  const { organisationId, callId } = call;
  try {
    const answer = await bus.call('voice-app.stop', { organisationId, callId });
    if (!answer.ok) logger.warn({ callId, code: answer.code }, 'A voice application did not give its call back');
  } catch (error) {
    logger.error({ error, callId }, 'A voice application did not give its call back');
  }
}
