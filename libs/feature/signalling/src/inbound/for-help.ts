import { isEmergencyNumber } from '@carillon/domain';
import type { SipRequest } from '@carillon/sip-message';
import type { Directory } from '../routing/directory.js';
import { dialledBy } from '../trunks/number-rules.js';
import { asksForHelp } from './asked-service.js';
import { dialledNumber } from './dialled-number.js';

/**
 * Whether an INVITE calls for help, as far as that is known before it is routed: by the name of a service, by an emergency number, or
 * by what becomes one on its way out (`0112`). Limits that would refuse any other call let it pass (RFC 7339 §5.10.1).
 * @param directory of whom it says it is, where that is known: an extension of theirs with such a number is somebody's phone
 */
export function isForHelp(
  request: Pick<SipRequest, 'uri' | 'uriText' | 'to'>,
  directory: Pick<Directory, 'numbers' | 'trunks'> | undefined,
): boolean {
  if (asksForHelp(request)) return true;
  const number = dialledNumber(request);
  if (number === undefined || directory?.numbers.has(number) === true) return false;
  if (isEmergencyNumber(number)) return true;
  return directory?.trunks.some(({ outbound }) => isEmergencyNumber(dialledBy(outbound, number) ?? '')) === true;
}
