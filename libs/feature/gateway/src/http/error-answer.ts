import type { ApiError } from '@carillon/contracts';
import { isCodedError } from '@carillon/service-runtime';

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ApiError;
  readonly retryAfterSeconds?: number;
  /** Not the client's doing: to be logged with its stack. */
  readonly unexpected: boolean;
}

/** Codes that have a status of their own; the rest go by their last word, below. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'REQUEST.INVALID': 400,
  'REQUEST.MALFORMED': 400,
  'REQUEST.TOO_LARGE': 413,
  'REQUEST.UNSUPPORTED': 415,
  'REQUEST.TOO_MANY': 429,
  'IDENTITY.NO_SESSION': 401,
  // 401 would say that the session is over: the log-in alone answers that, by `details.status`.
  'IDENTITY.WRONG_CREDENTIALS': 403,
  'IDENTITY.FORBIDDEN': 403,
  'IDENTITY.CROSS_SITE': 403,
  'IDENTITY.SLOWED': 429,
  'CALL.GONE': 404,
  'DATABASE.UNAVAILABLE': 503,
  'BUS.NO_HANDLER': 503,
  'BUS.TIMEOUT': 503,
  'BUS.CLOSED': 503,
};
/** Failures of ours, whatever their code: bad data inside, a handler that broke. */
const DEFECTS = new Set(['BUS.INVALID', 'BUS.FAILED', 'IDENTITY.SECRET_UNREADABLE']);
/** What Fastify says of requests that never reach a handler. */
const FASTIFY_CODES: Readonly<Record<string, readonly [code: string, message: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['REQUEST.TOO_LARGE', 'The body is too large'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['REQUEST.UNSUPPORTED', 'The body must be JSON'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['REQUEST.MALFORMED', 'The body is not JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['REQUEST.MALFORMED', 'The body is not as long as announced'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['REQUEST.MALFORMED', 'The body is not JSON'],
  FST_ERR_BAD_URL: ['REQUEST.MALFORMED', 'The address is malformed'],
};

function statusOf(code: string): number {
  const known = STATUS_OF_CODE[code];
  if (known !== undefined) return known;
  if (code.endsWith('.NOT_FOUND')) return 404;
  if (code.endsWith('.NOT_ALLOWED')) return 403;
  return 409;
}

function fieldsOf(details: unknown): Record<string, string> | undefined {
  if (typeof details !== 'object' || details === null || !('fields' in details)) return undefined;
  const { fields } = details;
  if (typeof fields !== 'object' || fields === null) return undefined;
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, String(text)]));
}

function numberOf(details: unknown, name: 'retryAfterSeconds' | 'status'): number | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const value: unknown = Reflect.get(details, name);
  return typeof value === 'number' ? value : undefined;
}

const REFUSED: ApiError = { code: 'REQUEST.REFUSED', message: 'The request cannot be answered' };
const REFUSED_BODIES: Readonly<Record<number, ApiError>> = {
  400: { code: 'REQUEST.MALFORMED', message: 'The request is malformed' },
  404: { code: 'REQUEST.NOT_FOUND', message: 'Not found' },
  416: { code: 'REQUEST.RANGE', message: 'The file has no such part' },
};

/** The status that Fastify or one of its plug-ins gave to a fault of the client's. */
function refusedStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || isCodedError(error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

const INTERNAL: ErrorAnswer = {
  status: 500,
  body: { code: 'SERVER.FAILED', message: 'The server failed. It is in the log.' },
  unexpected: true,
};

/** The one place where codes become HTTP statuses. Never tells the insides of an unexpected failure. */
export function explainError(error: unknown): ErrorAnswer {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const [code, message] = FASTIFY_CODES[error.code] ?? [];
    if (code !== undefined && message !== undefined)
      return { status: statusOf(code), body: { code, message }, unexpected: false };
  }
  const refused = refusedStatus(error);
  if (refused !== undefined) return { status: refused, body: REFUSED_BODIES[refused] ?? REFUSED, unexpected: false };
  if (!isCodedError(error) || DEFECTS.has(error.code)) return INTERNAL;
  const fields = fieldsOf(error.details);
  const retryAfterSeconds = numberOf(error.details, 'retryAfterSeconds');
  return {
    status: numberOf(error.details, 'status') ?? statusOf(error.code),
    body: { code: error.code, message: error.message, ...(fields === undefined ? {} : { fields }) },
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    unexpected: false,
  };
}
