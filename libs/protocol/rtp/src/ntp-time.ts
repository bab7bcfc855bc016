/** RFC 3550 §4: wall clock in seconds since 1900 with 32 fraction bits. */
export interface NtpTime {
  seconds: number;
  fraction: number;
}

const SECONDS_FROM_1900_TO_1970 = 2_208_988_800;

/** From milliseconds since 1970. */
export function ntpTimeOfUnix(unixMs: number): NtpTime {
  const whole = Math.floor(unixMs / 1000);
  const fraction = Math.floor(((unixMs - whole * 1000) / 1000) * 0x1_0000_0000);
  return { seconds: (whole + SECONDS_FROM_1900_TO_1970) >>> 0, fraction: fraction >>> 0 };
}

/** The middle 32 bits, as report blocks carry them (LSR): 1/65536 s. */
export function compactNtpTime(time: NtpTime): number {
  return (((time.seconds & 0xffff) << 16) | (time.fraction >>> 16)) >>> 0;
}

/**
 * Round trip in milliseconds from a report block that answers our sender report (RFC 3550 §6.4.1: A - LSR - DLSR);
 * null when it answers none, or when the clocks make no sense of it.
 */
export function roundTripMs(arrivalCompact: number, lastSr: number, delaySinceLastSr: number): number | null {
  if (lastSr === 0) return null;
  const units = (arrivalCompact - lastSr - delaySinceLastSr) | 0;
  return units < 0 ? null : (units / 65536) * 1000;
}
