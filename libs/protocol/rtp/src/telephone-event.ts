/* oxlint-disable typescript/no-non-null-assertion -- Lengths are checked before octets are read; a fallback would hide a missing check. */
/**
 * RFC 4733 §2.3:
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     event     |E|R| volume    |          duration             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface TelephoneEvent {
  /** 0–9 digits, 10 `*`, 11 `#`, 12–15 A–D, 16 flash. */
  event: number;
  /** The E bit: the event is over. */
  end: boolean;
  /** 0…63, power level as -dBm0. */
  volume: number;
  /** In clock units since the packet's timestamp. */
  duration: number;
}

export const TELEPHONE_EVENT_LENGTH = 4;

/** The keys of events 0 to 15 in order (RFC 4733 §3.2). */
export const DTMF_KEYS = '0123456789*#ABCD';

/** Null when the payload is too short; extra octets are ignored, as some gateways pad. */
export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | null {
  if (payload.length < TELEPHONE_EVENT_LENGTH) return null;
  const flags = payload[1]!;
  return {
    event: payload[0]!,
    end: (flags & 0x80) !== 0,
    volume: flags & 0x3f,
    duration: (payload[2]! << 8) | payload[3]!,
  };
}

export function buildTelephoneEvent(event: TelephoneEvent): Uint8Array {
  const bytes = new Uint8Array(TELEPHONE_EVENT_LENGTH);
  bytes[0] = event.event;
  bytes[1] = (event.end ? 0x80 : 0) | (event.volume & 0x3f);
  bytes[2] = event.duration >>> 8;
  bytes[3] = event.duration;
  return bytes;
}

/** The key of an event, or null when it is not a DTMF event. */
export function dtmfKeyOfEvent(event: number): string | null {
  return DTMF_KEYS[event] ?? null;
}

/** The event of a key (`0-9`, `*`, `#`, `A-D` in either case), or null. */
export function dtmfEventOfKey(key: string): number | null {
  if (key.length !== 1) return null;
  const event = DTMF_KEYS.indexOf(key.toUpperCase());
  return event < 0 ? null : event;
}
