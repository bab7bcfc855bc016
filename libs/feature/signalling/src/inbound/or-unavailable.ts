import { isCodedError } from '@carillon/service-runtime';
import type { IncomingRequest } from '@carillon/sip-stack';

/** While the database is away, phones are told to come back (503) rather than that we are broken (500). */
export async function orUnavailable(incoming: IncomingRequest, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCodedError(error) || error.code !== 'DATABASE.UNAVAILABLE') throw error;
    incoming.reply(503, { headers: { 'Retry-After': '10' } });
  }
}
