/** Names of pino's levels, quietest first. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A validated address to listen on. Port 0 asks the system for a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** How SIP is secured. Paths are absolute, files are PEM. */
export interface TlsSettings {
  /** SIP over TLS; undefined when it is switched off. */
  readonly sipPort: number | undefined;
  /** A port for SIP over secure WebSockets alone; undefined, as a rule, for browsers come by the portal's address. */
  readonly wssPort: number | undefined;
  /** By server name (SNI), the first for everybody else; empty for the installation's own certificate. */
  readonly certificates: readonly { readonly chainFile: string; readonly keyFile: string }[];
  /** Asks clients for certificates of these authorities. */
  readonly clients: { readonly authoritiesFile: string; readonly certificate: 'requested' | 'required' } | undefined;
  /** Servers, by host, that are not checked by the system's authorities: `insecure`, or a file of authorities. */
  readonly peers: ReadonlyMap<string, string>;
}

/**
 * Everything the environment decides, validated once at start by `parseSettings`. An abstract class so that it is its
 * own injection token: `constructor(private readonly settings: Settings)`.
 */
export abstract class Settings {
  /** Absolute path of the folder that holds the database, recordings and secrets. */
  abstract readonly dataDir: string;
  abstract readonly http: ListenAddress;
  /** Addresses and networks of reverse proxies whose `X-Forwarded-*` headers are believed. */
  abstract readonly trustedProxies: readonly string[];
  /** UDP and TCP. */
  abstract readonly sip: ListenAddress;
  abstract readonly tls: TlsSettings;
  /** Processes that signalling runs in; 1: it shares the one with everything else. */
  abstract readonly signallingProcesses: number;
  /** Differentiated services code point of SIP packets, 0 to 63 (RFC 2474). */
  abstract readonly sipDscp: number;
  /** SIP domain (and digest realm) of the demonstration organisation. */
  abstract readonly sipDomain: string;
  /** SIP registrations kept at most, over all organisations; undefined: as many as fit into memory. */
  abstract readonly maxRegistrations: number | undefined;
  /** The address that peers reach us at: goes into SDP, Contact and Via. */
  abstract readonly advertisedAddress: string;
  /** The same for peers of IPv6, in SDP; undefined where we listen on IPv4 alone. */
  abstract readonly advertisedAddress6: string | undefined;
  /** Inclusive range of UDP ports for RTP. */
  abstract readonly rtpPorts: { readonly min: number; readonly max: number };
  abstract readonly logLevel: LogLevel;
  /** An external PostgreSQL; undefined means the embedded one. */
  abstract readonly databaseUrl: string | undefined;
  /** TCP port of the embedded PostgreSQL; undefined picks a free one and remembers it. */
  abstract readonly databasePort: number | undefined;
}
