import type { ShownCertificate } from '@carillon/contracts';

const DAY_MS = 86_400_000;
/** Sooner than that, somebody should do something. */
const SOON_DAYS = 14;

export interface CertificateState {
  readonly color: 'teal' | 'orange' | 'red';
  readonly words: string;
}

/** How long a certificate is good for still. */
export function certificateState(
  { validFrom, validTo }: Pick<ShownCertificate, 'validFrom' | 'validTo'>,
  now: number,
): CertificateState {
  if (Date.parse(validFrom) > now) return { color: 'red', words: 'Not valid yet: check the clock of this server' };
  const days = Math.floor((Date.parse(validTo) - now) / DAY_MS);
  if (days < 0) return { color: 'red', words: 'Expired' };
  const words = days === 0 ? 'Ends today' : days === 1 ? '1 day left' : `${days} days left`;
  return { color: days < SOON_DAYS ? 'orange' : 'teal', words };
}
