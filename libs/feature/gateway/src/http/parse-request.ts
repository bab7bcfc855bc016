import type { Route } from '@carillon/contracts';
import { z } from 'zod';
import { findUnstorableText, UNSTORABLE } from '../find-unstorable-text.js';
import { invalid, notFound } from './refusals.js';

const Id = z.uuid();
const LONGEST_PARAMETER = 128;

/** One line per field, keyed by its path: `email`, `entries.2.digit`. */
function fieldsOf(error: z.ZodError): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) fields[issue.path.join('.') || 'body'] ??= issue.message;
  return fields;
}

function parsePart(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const unstorable = findUnstorableText(value);
  if (unstorable !== undefined) throw invalid({ [unstorable || 'body']: UNSTORABLE });
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  throw invalid(fieldsOf(outcome.error));
}

/** What is not an id names nothing. */
function parseParams(params: unknown): Record<string, string> {
  const given = Object.entries(typeof params === 'object' && params !== null ? params : {});
  return Object.fromEntries(
    given.map(([name, value]): [string, string] => {
      const known =
        typeof value === 'string' && value.length <= LONGEST_PARAMETER && findUnstorableText(value) === undefined;
      if (!known || (name.endsWith('Id') && !Id.safeParse(value).success)) throw notFound();
      return [name, value];
    }),
  );
}

export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** @throws {CodedError} `REQUEST.INVALID` with the fields, `REQUEST.NOT_FOUND` */
export function parseRequest(route: Route, { params, query, body }: RawRequest) {
  return {
    params: parseParams(params),
    query: parsePart(route.query, query),
    body: parsePart(route.body, body ?? {}),
  };
}
