import { CodedError } from '@carillon/service-runtime';

export const notFound = (what = 'Not found'): CodedError => new CodedError('REQUEST.NOT_FOUND', what);

/** A body or query that does not fit. @param fields per field, what is wrong */
export const invalid = (fields: Readonly<Record<string, string>>): CodedError =>
  new CodedError('REQUEST.INVALID', 'Some fields are wrong', { fields });

type Outcome =
  { readonly ok: true } | { readonly ok: false; readonly code: string; readonly detail?: string | undefined };

/** Turns a command's refusal into an error with its code. @returns what the command did */
export function accepted<Result extends Outcome>(outcome: Result): Extract<Result, { ok: true }> {
  if (!outcome.ok) throw new CodedError(outcome.code, outcome.detail ?? 'This cannot be done now');
  return outcome as Extract<Result, { ok: true }>;
}
