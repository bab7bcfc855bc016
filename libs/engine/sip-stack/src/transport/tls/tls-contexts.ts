import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { TlsCertificate, TlsOptions, TlsVerification } from '../../api/tls.js';
import { certificateIdentities } from './certificate-identities.js';

/** RFC 8996 retired what is older. */
export const MIN_TLS_VERSION = 'TLSv1.2';

/** One certificate, ready for handshakes. */
interface ReadyCertificate {
  readonly context: SecureContext;
  readonly names: readonly string[];
}

/** The certificates and rules that hold now; each change is a new generation, open connections keep theirs. */
export class TlsContexts {
  /** Counts the changes. */
  generation = 0;
  private options!: TlsOptions;
  private ready!: readonly [ReadyCertificate, ...ReadyCertificate[]];
  private readonly clientContexts = new Map<string, SecureContext>();

  /** @throws Error when a certificate, key or authority cannot be used */
  constructor(options: TlsOptions) {
    this.use(options);
  }

  /** @throws Error when something cannot be used; what held before then stays */
  use(options: TlsOptions): void {
    const [first, ...others] = options.certificates;
    if (first === undefined) throw new Error('TLS needs a certificate');
    this.ready = [readyCertificate(first, options), ...others.map((one) => readyCertificate(one, options))];
    this.options = options;
    this.clientContexts.clear();
    this.generation += 1;
  }

  get clients(): TlsOptions['clients'] {
    return this.options.clients;
  }

  /** The certificate for a server name (SNI, RFC 6066 §3): a whole name beats a wildcard, else the first. */
  serverContext(serverName: string | undefined): SecureContext {
    const wanted = serverName?.toLowerCase() ?? '';
    const wildcard = wanted.replace(/^[^.]+/, '*');
    const found =
      this.ready.find(({ names }) => names.includes(wanted)) ??
      this.ready.find(({ names }) => names.includes(wildcard));
    return (found ?? this.ready[0]).context;
  }

  /** What a server shows where no name is asked for. */
  get defaultCertificate(): SecureContextOptions {
    const own = this.options.certificates[0];
    const { clients } = this.options;
    const pems = { cert: own?.chain ?? '', key: own?.key ?? '', minVersion: MIN_TLS_VERSION } as const;
    return clients === undefined ? pems : { ...pems, ca: clients.authorities };
  }

  verification(host: string): TlsVerification {
    return this.options.verification?.(host) ?? 'verify';
  }

  /** What we show to servers, and the roots that they must come from. */
  clientContext(verification: TlsVerification): SecureContext {
    const authorities = typeof verification === 'string' ? undefined : verification.authorities;
    const key = authorities ?? '';
    let context = this.clientContexts.get(key);
    if (context === undefined) {
      const own = this.options.certificates[0];
      context = createSecureContext({
        cert: own?.chain,
        key: own?.key,
        minVersion: MIN_TLS_VERSION,
        ...(authorities === undefined ? {} : { ca: authorities }),
      });
      this.clientContexts.set(key, context);
    }
    return context;
  }
}

function readyCertificate({ chain, key }: TlsCertificate, options: TlsOptions): ReadyCertificate {
  const context = createSecureContext({
    cert: chain,
    key,
    minVersion: MIN_TLS_VERSION,
    ...(options.clients === undefined ? {} : { ca: options.clients.authorities }),
  });
  const leaf = new X509Certificate(chain);
  const dnsNames = (leaf.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice(4).toLowerCase());
  return { context, names: [...new Set([...certificateIdentities(leaf), ...dnsNames])] };
}
