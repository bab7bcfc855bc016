/** A certificate with its key, both as PEM. The names in the certificate decide which SNI it serves. */
export interface TlsCertificate {
  /** The certificate first, then what links it to its root. */
  readonly chain: string;
  readonly key: string;
}

/**
 * How the certificate of a server that we dial is checked.
 * `verify`: a chain to an authority and a name that fits (RFC 5922 §7.3). `insecure`: not at all.
 * `{ authorities }`: as `verify`, with these PEM certificates as the only roots.
 */
export type TlsVerification = 'verify' | 'insecure' | { readonly authorities: string };

export interface TlsOptions {
  /** The first is shown to clients that name no server, or one that no certificate has. At least one. */
  readonly certificates: readonly TlsCertificate[];
  /**
   * Asks clients for a certificate from these roots (PEM). `required` refuses those who have none;
   * `requested` lets them in without identities.
   */
  readonly clients?: { readonly authorities: string; readonly certificate: 'requested' | 'required' };
  /**
   * How to check the server for this host of a URI (never an address found by DNS). `verify` with the system's
   * roots when left out.
   */
  readonly verification?: (host: string) => TlsVerification;
}
