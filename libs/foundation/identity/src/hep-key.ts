import type { SecretBox } from './secret-box.js';

const PURPOSE = 'hep-auth-key';

/** For the organisation's settings: the key that its collector of SIP messages wants. */
export function sealHepKey(box: SecretBox, key: string): string {
  return box.seal(key, PURPOSE);
}

/** @throws {CodedError} `IDENTITY.SECRET_UNREADABLE` */
export function openHepKey(box: SecretBox, sealed: string): string {
  return box.unseal(sealed, PURPOSE);
}
