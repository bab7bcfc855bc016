/**
 * An error with a stable code (`AREA.REASON`). Codes, not messages, are what callers decide by; they cross the bus
 * unchanged and are mapped to HTTP and SIP statuses once, at the edge.
 */
export class CodedError extends Error {
  /** @param code stable, `AREA.REASON` @param message one sentence for people @param details extra data, safe to show */
  constructor(
    readonly code: string,
    message: string,
    readonly details?: unknown,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CodedError';
  }
}

/** Does this thrown value carry a stable code of ours (`AREA.REASON`)? Node's `ECONNREFUSED` and the like do not. */
export function isCodedError(error: unknown): error is Error & { code: string; details?: unknown } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[A-Z0-9_-]+\.[A-Z0-9_.-]+$/.test(error.code)
  );
}
