import { isEmergencyNumber } from '@carillon/domain';
import type { Call } from './call.js';

/**
 * Whether a number calls for help as it goes out over a trunk, or as the caller dialled it, or because the caller asked for help by
 * name. An extension with such a number that sends its calls on is none: whom they reach is not told where the caller is.
 */
export function callsForHelp({ to, asksForHelp }: Pick<Call, 'to' | 'asksForHelp'>, number: string): boolean {
  if (isEmergencyNumber(number)) return true;
  return to.kind === 'external' && (asksForHelp || isEmergencyNumber(to.number));
}
