import type { Outcome } from '../index.js';

/** What came of it. @throws an Error with code and detail where it was refused */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.detail}`);
  return outcome.value;
}
