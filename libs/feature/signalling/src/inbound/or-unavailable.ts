import { isCodedError } from '@carillon/service-runtime';
import type { IncomingRequest } from '@carillon/sip-stack';

/** While the database is away, phones are told to come back (503) rather than that we are broken (500). */
export function orUnavailable(incoming: IncomingRequest, work: () => void | Promise<void>): void | Promise<void> {
  const working = work();
  // What is done already has not asked the database.
  return working?.catch((error: unknown) => {
    if (!isCodedError(error) || error.code !== 'DATABASE.UNAVAILABLE') throw error;
    incoming.reply(503, { headers: { 'Retry-After': '10' } });
  });
}
