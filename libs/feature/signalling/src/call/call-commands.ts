import type { CommandInput, CommandName, CommandPayload } from '@carillon/contracts';
import type { Bus, CommandAnswer } from '@carillon/event-bus';
import type { CallId } from '@carillon/domain';
import { askProcess } from '../processes/ask-process.js';
import { ownerIdOf, type Place } from '../processes/place.js';
import { registrationOf } from '../registrar/binding.js';
import { answerCall } from './actions/answer-call.js';
import { hangUpCall } from './actions/hang-up-call.js';
import { placeCall } from './actions/place-call.js';
import { redirectCall } from './actions/redirect-call.js';
import type { CallParts } from './call-parts.js';

type OfCall = 'call.answer' | 'call.hang-up' | 'call.redirect';
type Act<Name extends CommandName> = (
  parts: CallParts,
  payload: CommandPayload<Name>,
) => CommandAnswer<Name> | Promise<CommandAnswer<Name>>;

/** Every command that signalling handles. @returns stops handling them */
export function handleCallCommands(bus: Bus, parts: CallParts, place: Place): () => void {
  const gone = { ok: false, code: 'CALL.GONE' } as const;
  const stops = [
    ...ofOneCall('call.answer', answerCall, gone),
    ...ofOneCall('call.hang-up', hangUpCall, { ok: true }),
    ...ofOneCall('call.redirect', redirectCall, gone),
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

  /** About a call: done where the call is, whichever process was asked. @param gone the answer where its process has ended */
  function ofOneCall<Name extends OfCall>(name: Name, act: Act<Name>, gone: CommandAnswer<Name>): (() => void)[] {
    if (place.count === 1) return [bus.handle(name, (payload) => act(parts, payload))];
    const isHere = ({ callId }: { callId: CallId }): boolean => place.owns(callId);
    return [
      bus.handle(name, async (payload): Promise<CommandAnswer<Name>> => {
        if (isHere(payload)) return act(parts, payload);
        // What was read by its schema is what that schema reads.
        const again = payload as CommandInput<Name>;
        const answer = await askProcess(bus, place.processOf(payload.callId), [name, again]);
        return (answer ?? gone) as CommandAnswer<Name>;
      }),
      bus.handle(name, (payload) => act(parts, payload), { ownerId: ownerIdOf(place.own) }),
    ];
  }
}
