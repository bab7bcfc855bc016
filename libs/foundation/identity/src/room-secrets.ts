import type { SecretBox } from './secret-box.js';
import { hashToken, newToken } from './tokens.js';

const PIN_PURPOSE = 'room-pin';
const GUEST_PURPOSE = 'room-guest-token';

/** For the column `room.pin_sealed`. */
export function sealRoomPin(box: SecretBox, pin: string | null): string | null {
  return pin === null ? null : box.seal(pin, PIN_PURPOSE);
}

/** From the column `room.pin_sealed`. @throws {CodedError} `IDENTITY.SECRET_UNREADABLE` */
export function readRoomPin(box: SecretBox, pinSealed: string | null): string | null {
  return pinSealed === null ? null : box.unseal(pinSealed, PIN_PURPOSE);
}

/** A new guest link's token, and the two columns of `room` that keep it. */
export function newGuestToken(box: SecretBox): { token: string; guestTokenHash: string; guestTokenSealed: string } {
  const token = newToken();
  return { token, guestTokenHash: hashToken(token), guestTokenSealed: box.seal(token, GUEST_PURPOSE) };
}

/** From the column `room.guest_token_sealed`. @throws {CodedError} `IDENTITY.SECRET_UNREADABLE` */
export function readGuestToken(box: SecretBox, guestTokenSealed: string | null): string | null {
  return guestTokenSealed === null ? null : box.unseal(guestTokenSealed, GUEST_PURPOSE);
}
