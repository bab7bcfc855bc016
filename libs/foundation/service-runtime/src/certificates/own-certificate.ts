import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { makeSelfSigned } from './make-self-signed.js';
import type { MadeCertificate } from './make-self-signed.js';

/** A certificate that ends sooner is made anew. */
const RENEW_MILLISECONDS = 30 * 86_400_000;

/** Where the installation's own certificate is kept. */
export function ownFiles(dataDir: string): { readonly chainFile: string; readonly keyFile: string } {
  return { chainFile: join(dataDir, 'tls-certificate.pem'), keyFile: join(dataDir, 'secrets', 'tls-key.pem') };
}

/**
 * The installation's own certificate, made at its first start: `<data>/tls-certificate.pem`, which may be given to
 * whoever should trust it, and `<data>/secrets/tls-key.pem` (mode 0600). Made again when it nears its end or when the
 * installation got a name that it does not have.
 * @throws Error with the system's code when the files cannot be read or written
 */
export async function ownCertificate(
  dataDir: string,
  names: readonly string[],
  now: number,
): Promise<MadeCertificate & { readonly fresh: boolean }> {
  const { chainFile, keyFile } = ownFiles(dataDir);
  if (existsSync(chainFile) && existsSync(keyFile)) {
    const kept = { chain: readFileSync(chainFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    if (isStillGood(kept.chain, names, now)) return { ...kept, fresh: false };
  }
  const made = await makeSelfSigned(names, now);
  mkdirSync(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
  writeWhole(keyFile, made.key, 0o600);
  writeWhole(chainFile, made.chain, 0o644);
  return { ...made, fresh: true };
}

function isStillGood(chain: string, names: readonly string[], now: number): boolean {
  try {
    const certificate = new X509Certificate(chain);
    if (Date.parse(certificate.validTo) - now < RENEW_MILLISECONDS) return false;
    return names.every((name) =>
      isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
    );
  } catch {
    // A damaged file is as good as none.
    return false;
  }
}

/** Nobody ever reads half a file. */
function writeWhole(file: string, text: string, mode: number): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { mode });
  chmodSync(fresh, mode);
  renameSync(fresh, file);
}
