/** The words of one log call: fields first, then a sentence; or the sentence alone. */
export interface LogMethod {
  (message: string): void;
  (fields: object, message: string): void;
}

/**
 * What features log through. An abstract class so that it is its own injection token; pino satisfies it. Field names
 * such as `password`, `token`, `pin` and `authorization` are redacted, at the top and one level down.
 */
export abstract class Logger {
  abstract readonly trace: LogMethod;
  abstract readonly debug: LogMethod;
  abstract readonly info: LogMethod;
  abstract readonly warn: LogMethod;
  abstract readonly error: LogMethod;
  abstract readonly fatal: LogMethod;
  /** A logger that adds these fields to every line: `logger.child({ part: 'registrar' })`. */
  abstract child(fields: Record<string, unknown>): Logger;
}
