import type { Outcome } from '../api/outcome.js';
import { refuse } from '../api/outcome.js';
import { WorkerCallError } from './worker-handle.js';

/** Turns a lost or failed worker call into a refusal. */
export async function attempted<T>(act: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof WorkerCallError) return refuse(error.code, error.message);
    throw error;
  }
}
