import type { ShownCertificate, SipTls } from '@carillon/contracts';
import { CertificateId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import { describeCertificate, type CertificateInUse } from '@carillon/service-runtime';
import type { SecureSip } from './secure-sip.js';

/** Says how SIP over TLS stands, for those who set up phones. @returns stops answering */
export function describeTls(bus: Bus, secure: SecureSip | undefined): () => void {
  return bus.handle('sip.describe-tls', () => Promise.resolve({ ok: true as const, tls: tlsState(secure) }));
}

function tlsState(secure: SecureSip | undefined): SipTls {
  if (secure === undefined) return { tlsPort: null, wssPort: null, certificates: [], problem: null };
  const { ports, certificates } = secure;
  return {
    tlsPort: ports.sipPort ?? null,
    wssPort: ports.wssPort ?? null,
    certificates: certificates.inUse.map(shown),
    problem: certificates.problem ?? null,
  };
}

function shown({ chain, origin }: CertificateInUse): ShownCertificate {
  const files =
    origin.kind === 'uploaded'
      ? { chainFile: null, keyFile: null }
      : { chainFile: origin.chainFile, keyFile: origin.keyFile };
  const certificateId = origin.kind === 'uploaded' ? CertificateId.parse(origin.certificateId) : null;
  return { ...describeCertificate(chain), ...files, origin: origin.kind, certificateId };
}
