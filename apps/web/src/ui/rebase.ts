const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What a form shows when what is stored has changed under it: what the user has edited stays, everything else follows.
 * Field by field, also within objects; a list is one field. Pure.
 * @param before what the form began with @param edited what it shows now
 */
export function rebase<Values>(before: Values, edited: Values, stored: Values): Values {
  if (isRecord(before) && isRecord(edited) && isRecord(stored)) {
    const merged = Object.keys(edited).map((name) => [name, rebase(before[name], edited[name], stored[name])]);
    return Object.fromEntries(merged) as Values;
  }
  return JSON.stringify(before) === JSON.stringify(edited) ? stored : edited;
}
