import type { Bus } from '@carillon/event-bus';
import { registrationOf } from '../registrar/binding.js';
import { answerCall } from './actions/answer-call.js';
import { hangUpCall } from './actions/hang-up-call.js';
import { placeCall } from './actions/place-call.js';
import { redirectCall } from './actions/redirect-call.js';
import type { CallParts } from './call-parts.js';

/** Every command that signalling handles. @returns stops handling them */
export function handleCallCommands(bus: Bus, parts: CallParts): () => void {
  const stops = [
    bus.handle('call.answer', (payload) => answerCall(parts, payload)),
    bus.handle('call.hang-up', (payload) => hangUpCall(parts, payload)),
    bus.handle('call.redirect', (payload) => redirectCall(parts, payload)),
    bus.handle('call.place', (payload) => placeCall(parts, payload)),
    bus.handle('call.list', ({ organisationId }) => ({ ok: true, calls: parts.calls.list(organisationId) })),
    bus.handle('registration.list', ({ organisationId, userId }) => ({
      ok: true,
      registrations: parts.registrar.list(organisationId, userId).map(registrationOf),
    })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
