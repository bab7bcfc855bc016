import { CodedError } from '@carillon/service-runtime';
import { Prisma } from './generated/client.js';

/** Does this error say that a row with the same unique value exists? `field` narrows it to one column or model field. */
export function isUniqueViolation(error: unknown, field?: string): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002') return false;
  if (field === undefined) return true;
  const column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const told = JSON.stringify(error.meta ?? {});
  return told.includes(`"${field}"`) || told.includes(column);
}

/** Does this error say that a row refers to one that is not there, or is of another organisation? */
export function isReferenceMissing(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2003') return true;
  return error instanceof Error && /refers to nothing in its organisation/.test(error.message);
}

/**
 * P1001/P1002/P1008/P1017: not reachable, timed out, closed. P2024: no free connection in time. P2028: the transaction
 * could not start or was cut off.
 */
const LOST_CODES = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028']);
/** PostgreSQL's own: class 08, connection failures; 57P01–57P03, shutting down, crashed, not yet accepting; 53300, too many. */
const LOST_SQLSTATE = /^(08\d\d\w|57P0[123]|53300)$/;
const LOST_WORDS =
  /not (?:yet )?accepting connections|ECONNREFUSED|ECONNRESET|EPIPE|Connection terminated|is not queryable|terminating connection|connection timeout|timeout exceeded when trying to connect|shutting down|starting up|in recovery mode|too many clients/i;

/** Was the database away, rather than the query wrong? */
export function isDatabaseLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (
    'code' in error &&
    typeof error.code === 'string' &&
    (LOST_CODES.has(error.code) || LOST_SQLSTATE.test(error.code))
  )
    return true;
  return LOST_WORDS.test(error.message) || isDatabaseLost(error.cause);
}

/** Gives a lost database its stable code; other errors pass as they are. */
export function explainDatabaseError(error: unknown): unknown {
  return isDatabaseLost(error)
    ? new CodedError('DATABASE.UNAVAILABLE', 'The database does not answer', undefined, { cause: error })
    : error;
}
