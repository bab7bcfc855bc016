import type { SecretBox } from './secret-box.js';

const PURPOSE = 'trunk-password';

/** For the column `trunk.password_sealed`. */
export function sealTrunkPassword(box: SecretBox, password: string): string {
  return box.seal(password, PURPOSE);
}

/** From the column `trunk.password_sealed`. @throws {CodedError} `IDENTITY.SECRET_UNREADABLE` */
export function openTrunkPassword(box: SecretBox, sealed: string): string {
  return box.unseal(sealed, PURPOSE);
}
