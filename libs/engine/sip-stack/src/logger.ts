/** What the stack logs through; pino fits, and so does an object of four functions. */
export interface Logger {
  debug(details: Readonly<Record<string, unknown>>, text: string): void;
  info(details: Readonly<Record<string, unknown>>, text: string): void;
  warn(details: Readonly<Record<string, unknown>>, text: string): void;
  error(details: Readonly<Record<string, unknown>>, text: string): void;
}

/** Says nothing: the default. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
