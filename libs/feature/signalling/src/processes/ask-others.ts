import type { CommandInput, CommandName, CommandOutput } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import { isCodedError } from '@carillon/service-runtime';
import { othersOf, ownerIdOf, type Place } from './place.js';

/** Well within the 10 s that whoever asked us waits: a part of it is better than nothing. */
const DEADLINE_MS = 3_000;

/** Asks all other processes at once. @returns what has come in by the deadline; who hangs, starts or ends is left out */
export async function askOthers<Name extends CommandName>(
  { bus, place }: { readonly bus: Bus; readonly place: Place },
  name: Name,
  payload: CommandInput<Name>,
): Promise<CommandOutput<Name>[]> {
  const answers = await Promise.all(
    othersOf(place).map(async (process) => {
      try {
        return [await bus.call(name, payload, { ownerId: ownerIdOf(process), timeoutMs: DEADLINE_MS })];
      } catch (error) {
        if (!isCodedError(error)) throw error;
        return [];
      }
    }),
  );
  return answers.flat();
}
