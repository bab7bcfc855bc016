import type { SecretBox } from './secret-box.js';

const PURPOSE = 'sip-certificate-key';

/** For the column `sip_certificate.key_sealed`. */
export function sealCertificateKey(box: SecretBox, key: string): string {
  return box.seal(key, PURPOSE);
}

/** From the column `sip_certificate.key_sealed`. @throws {CodedError} `IDENTITY.SECRET_UNREADABLE` */
export function openCertificateKey(box: SecretBox, sealed: string): string {
  return box.unseal(sealed, PURPOSE);
}
