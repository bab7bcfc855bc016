import type { CommandInput, CommandOutput, CommandName } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import { isCodedError } from '@carillon/service-runtime';
import { ownerIdOf } from './place.js';

const GONE: ReadonlySet<string> = new Set(['BUS.NO_HANDLER', 'BUS.LOST']);

/** Asks the process that has the thing. @returns undefined where that process is gone, and all that it had */
export async function askProcess<Name extends CommandName>(
  bus: Bus,
  process: number,
  [name, payload]: readonly [Name, CommandInput<Name>],
): Promise<CommandOutput<Name> | undefined> {
  try {
    return await bus.call(name, payload, { ownerId: ownerIdOf(process) });
  } catch (error) {
    if (isCodedError(error) && GONE.has(error.code)) return undefined;
    throw error;
  }
}
