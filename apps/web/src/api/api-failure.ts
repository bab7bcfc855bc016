/** Why a request brought no answer that can be used. Its `code` is the server's `AREA.REASON`, or one of `CLIENT.*`. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    readonly code: string,
    message: string,
    readonly details: ApiFailureDetails = {},
  ) {
    super(message);
  }
}

export interface ApiFailureDetails {
  /** HTTP status; absent where no answer came. */
  readonly status?: number;
  /** Per field of the body, what was wrong with it. */
  readonly fields?: Readonly<Record<string, string>>;
  /** From Retry-After, in seconds. */
  readonly retryAfterSeconds?: number;
}
