import type { CommandInput, CommandName, CommandOutput } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import { isCodedError } from '@carillon/service-runtime';
import { othersOf, ownerIdOf, type Place } from './place.js';

/** A process that does not answer in this time is about to end, or starts as well. */
const ANSWER_MS = 5_000;

/** Asks the process whose turn it is. */
export type AskOther = <Name extends CommandName>(
  name: Name,
  payload: CommandInput<Name>,
) => Promise<CommandOutput<Name>>;

/**
 * When a process begins: what the others know, one after the other. Who does not answer has nothing, or tells of it as it
 * changes.
 * @param learn whether enough is known, so that the rest need not be asked
 */
export async function learnFromOthers(
  { bus, place }: { readonly bus: Bus; readonly place: Place },
  learn: (ask: AskOther) => Promise<boolean>,
): Promise<void> {
  for (const process of othersOf(place)) {
    const asked = { ownerId: ownerIdOf(process), timeoutMs: ANSWER_MS };
    try {
      if (await learn((name, payload) => bus.call(name, payload, asked))) return;
    } catch (error) {
      if (!isCodedError(error)) throw error;
    }
  }
}
