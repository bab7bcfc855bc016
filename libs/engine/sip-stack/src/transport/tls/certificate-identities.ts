import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * SIP domain identities of a certificate (RFC 5922 §7.1), lower case. URIs with scheme `sip` and no user beat DNS
 * names; the common name counts only where there is no subjectAltName at all. IP addresses are added for peers that
 * are dialled by address, of which the RFC says nothing.
 */
export function certificateIdentities(certificate: Pick<X509Certificate, 'subject' | 'subjectAltName'>): string[] {
  const { subjectAltName } = certificate;
  if (subjectAltName === undefined || subjectAltName === '') {
    const name = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
    return name === undefined || !/^[\w.-]+$/.test(name) ? [] : [name.toLowerCase()];
  }
  const uris: string[] = [];
  const names: string[] = [];
  const addresses: string[] = [];
  for (const entry of subjectAltName.split(', ')) {
    const at = entry.indexOf(':');
    const value = unquoted(entry.slice(at + 1));
    switch (entry.slice(0, at)) {
      case 'URI':
        uris.push(...sipDomain(value));
        break;
      case 'DNS':
        names.push(value.toLowerCase());
        break;
      case 'IP Address':
        addresses.push(value.toLowerCase());
        break;
      default:
        break;
    }
  }
  return [...(uris.length > 0 ? uris : names), ...addresses];
}

/** Whether a certificate names this host of a URI: whole names only, no wildcards (RFC 5922 §7.2). */
export function certificateNames(certificate: X509Certificate, host: string): boolean {
  // checkIP knows every way to write an address.
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return certificateIdentities(certificate).includes(host.toLowerCase().replace(/\.$/, ''));
}

/** Node quotes a name that could be taken for several. */
function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    // Not what Node writes: such a name matches nothing.
    return '';
  }
}

function sipDomain(uri: string): string[] {
  if (!/^sip:/i.test(uri) || uri.includes('@')) return [];
  const host = /^sip:([\w.-]+)/i.exec(uri)?.[1];
  return host === undefined ? [] : [host.toLowerCase()];
}
