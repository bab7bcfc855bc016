import { isEmergencyNumber } from '@carillon/domain';
import type { Call } from './call.js';

/**
 * Whether a number calls for help as it goes out over a trunk, or as the caller dialled it. An extension with such a number that
 * sends its calls on is none: whom they reach is not told where the caller is.
 */
export function callsForHelp({ to }: Pick<Call, 'to'>, number: string): boolean {
  return isEmergencyNumber(number) || (to.kind === 'external' && isEmergencyNumber(to.number));
}
