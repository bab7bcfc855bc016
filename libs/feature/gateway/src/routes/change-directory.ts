import { isReferenceMissing, isUniqueViolation, type Tx } from '@carillon/database';
import { CodedError } from '@carillon/service-runtime';
import { invalid } from '../http/refusals.js';
import { inOwnOrganisation, type Acting, type GatewayServices } from './gateway-services.js';

function explain(error: unknown): unknown {
  if (isUniqueViolation(error, 'email'))
    return new CodedError('DIRECTORY.EMAIL_TAKEN', 'Someone already has this e-mail address');
  if (isUniqueViolation(error, 'number'))
    return new CodedError('DIRECTORY.NUMBER_TAKEN', 'This number is already in use');
  if (isUniqueViolation(error)) return new CodedError('DIRECTORY.TAKEN', 'This already exists');
  if (isReferenceMissing(error)) return invalid({ body: 'Refers to something that does not exist' });
  return error;
}

/**
 * A change by an admin of what the organisation consists of: in one transaction, with its audit entry; then told to the
 * running parts.
 * @throws {CodedError} `DIRECTORY.EMAIL_TAKEN`, `DIRECTORY.NUMBER_TAKEN`, `REQUEST.INVALID`
 */
export async function changeDirectory<Result>(
  services: GatewayServices,
  acting: Acting,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await inOwnOrganisation(services, acting, work);
    services.bus.publish('directory.changed', { organisationId: acting.principal.organisationId });
    return result;
  } catch (error) {
    throw explain(error);
  }
}
