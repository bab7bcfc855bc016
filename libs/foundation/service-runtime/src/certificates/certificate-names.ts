import type { X509Certificate } from 'node:crypto';

/**
 * Host names and addresses that a certificate is for, lower case: `DNS:a.example, IP Address:192.0.2.1`; the common name
 * where there are none (RFC 5280 §4.2.1.6).
 */
export function certificateNames({
  subjectAltName,
  subject,
}: Pick<X509Certificate, 'subject' | 'subjectAltName'>): string[] {
  const names = [...(subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,"\s]+)/g)].flatMap(([, name]) =>
    name === undefined ? [] : name.toLowerCase(),
  );
  if (names.length > 0) return [...new Set(names)];
  const common = /^CN=([\w.*-]+)$/m.exec(subject)?.[1];
  return common === undefined ? [] : [common.toLowerCase()];
}
