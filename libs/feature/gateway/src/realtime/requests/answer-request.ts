import { realtimeRequests, type RealtimeRequestName, type Refusal } from '@carillon/contracts';
import { isCodedError, type Logger } from '@carillon/service-runtime';
import { findUnstorableText, UNSTORABLE } from '../../find-unstorable-text.js';
import type { RealtimePayload, RequestHandler, RequestParts } from './request-parts.js';
import { roomRequests } from './room-requests.js';
import { staffRequests } from './staff-requests.js';

/** Everything that a browser may ask in realtime. */
const HANDLERS: { readonly [Name in RealtimeRequestName]: RequestHandler<Name> } = {
  ...roomRequests,
  ...staffRequests,
};

export function isRealtimeRequest(name: string): name is RealtimeRequestName {
  return Object.hasOwn(HANDLERS, name);
}

const LONGEST_DETAIL = 300;
const UNAVAILABLE = new Set(['BUS.NO_HANDLER', 'BUS.TIMEOUT', 'BUS.CLOSED', 'DATABASE.UNAVAILABLE']);

/** Guests have one room; staff have their organisation's, which conferencing checks. */
function mayUse({ connection: { identity } }: RequestParts, name: RealtimeRequestName, input: object): boolean {
  if (identity.kind === 'staff') return true;
  return name.startsWith('room.') && 'roomId' in input && input.roomId === identity.roomId;
}

const invalid = (detail: string): Refusal => ({
  ok: false,
  code: 'REQUEST.INVALID',
  detail: detail.slice(0, LONGEST_DETAIL),
});

/** Checks a request and answers it. Takes anything, never rejects. */
export async function answerRequest<Name extends RealtimeRequestName>(
  parts: RequestParts & { readonly logger: Logger },
  name: Name,
  payload: unknown,
): Promise<object> {
  const unstorable = findUnstorableText(payload);
  if (unstorable !== undefined) return invalid(`${unstorable}: ${UNSTORABLE}`);
  const parsed = realtimeRequests[name].input.safeParse(payload);
  if (!parsed.success)
    return invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  if (!mayUse(parts, name, parsed.data)) return { ok: false, code: 'IDENTITY.FORBIDDEN' } satisfies Refusal;
  try {
    const handler: RequestHandler<Name> = HANDLERS[name];
    return await handler(parts, parsed.data as RealtimePayload<Name>);
  } catch (error) {
    return explain(parts.logger, name, error);
  }
}

/** Codes cross to the browser; a defect of ours is logged and told without its insides. */
function explain(logger: Logger, name: RealtimeRequestName, error: unknown): Refusal {
  if (isCodedError(error) && UNAVAILABLE.has(error.code)) {
    logger.warn({ request: name, code: error.code }, error.message);
    return { ok: false, code: 'SERVER.UNAVAILABLE', detail: 'This part of the system does not answer. Try again.' };
  }
  if (isCodedError(error) && !error.code.startsWith('BUS.'))
    return { ok: false, code: error.code, detail: error.message };
  logger.error({ request: name, error }, `The request ${name} failed`);
  return { ok: false, code: 'SERVER.FAILED', detail: 'The server failed. It is in the log.' };
}
