/** Every reason for which the SFU refuses. */
export const SFU_ERROR_CODES = [
  /** No worker runs at the moment. */
  'SFU.UNAVAILABLE',
  'SFU.ROOM_UNKNOWN',
  'SFU.PARTICIPANT_UNKNOWN',
  'SFU.TRANSPORT_UNKNOWN',
  'SFU.PRODUCER_UNKNOWN',
  'SFU.CONSUMER_UNKNOWN',
  /** The parameters do not make sense to mediasoup. */
  'SFU.BAD_REQUEST',
  /** The receiver knows none of the producer's codecs. */
  'SFU.CANNOT_CONSUME',
  'SFU.LIMIT',
  /** The phone's endpoint cannot take part: it is gone, or its audio engine refused. */
  'SFU.ENDPOINT_UNAVAILABLE',
  'SFU.CLOSED',
] as const;
export type SfuErrorCode = (typeof SFU_ERROR_CODES)[number];

/** A refusal is a value: nothing here rejects because of what a browser sent. */
export type SfuOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: SfuErrorCode; readonly detail: string };

export function granted<T>(value: T): SfuOutcome<T> {
  return { ok: true, value };
}

/** @param detail one sentence, for the log and for whoever asked */
export function refused(code: SfuErrorCode, detail: string): SfuOutcome<never> {
  return { ok: false, code, detail };
}
