import type { AudioEngineErrorCode } from './error-codes.js';

/** A refusal is a value: operations of the engine resolve to one of these and never reject on bad input. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; code: AudioEngineErrorCode; detail: string };

/** Wraps a good result. */
export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** Wraps a refusal; `detail` is one sentence for the log. */
export function refuse(code: AudioEngineErrorCode, detail: string): Outcome<never> {
  return { ok: false, code, detail };
}
