import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS, type Settings, type TlsSettings } from './settings.js';
import { StartRefusal } from './start-refusal.js';
import { isProxyEntry } from './trusted-proxies.js';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?$/i;
const host = z.string().refine((text) => isIP(text) !== 0 || HOST_NAME.test(text), 'is not an IP address or host name');
const wholeNumber = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number (0 to 65535)')
  .transform(Number);
const port = wholeNumber.refine((value) => value <= 65_535, 'is not a port number (0 to 65535)');

const portOrOff = z.union([z.literal('off'), port], { error: 'is not a port number (0 to 65535), nor off' });

const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'is not a range such as 20000-20999')
  .transform((text) => {
    const [min = 0, max = 0] = text.split('-').map(Number);
    return { min, max };
  })
  .refine(({ min, max }) => min >= 1024 && max <= 65_535 && max - min >= 3, {
    error: 'must name four ports or more between 1024 and 65535, the smaller one first',
  });

const dscp = z
  .string()
  .regex(/^\d{1,2}$/, 'is not a code point (0 to 63)')
  .transform(Number)
  .refine((value) => value <= 63, 'is not a code point (0 to 63)');

const fileList = z.string().transform((text) => text.split(',').map((file) => resolve(file.trim())));

/** `old-trunk.example=insecure,other.example=/etc/ssl/other-ca.pem` */
const tlsPeers = z
  .string()
  .regex(/^[^=,]+=[^=,]+(?:,[^=,]+=[^=,]+)*$/, 'is not a list such as old.example=insecure,new.example=/etc/ca.pem')
  .transform(
    (text): ReadonlyMap<string, string> =>
      new Map(
        text.split(',').map((entry) => {
          const [name = '', trust = ''] = entry.split('=').map((part) => part.trim());
          return [name.toLowerCase(), trust === 'insecure' ? trust : resolve(trust)];
        }),
      ),
  );

const proxyList = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .refine(
    (entries) => entries.every(isProxyEntry),
    'is not a list of addresses and networks such as 127.0.0.1,10.0.0.0/8',
  );

const databaseUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['postgresql:', 'postgres:'].includes(url.protocol) && url.hostname !== '';
}, 'is not a PostgreSQL address such as postgresql://user:password@host:5432/carillon');

/** Where nobody has named one. */
export const DEFAULT_SIP_DOMAIN = 'demo.carillon.local';

/** One entry per setting: what is read, how it is checked, and what holds when it is not set. */
const environment = z.object({
  CARILLON_DATA_DIR: z.string().default('./data'),
  CARILLON_HTTP_HOST: host.default('127.0.0.1'),
  CARILLON_HTTP_PORT: port.default(8080),
  CARILLON_TRUSTED_PROXIES: proxyList.default([]),
  CARILLON_SIP_HOST: host.default('127.0.0.1'),
  CARILLON_SIP_PORT: port.default(5060),
  CARILLON_SIP_TLS_PORT: portOrOff.optional(),
  CARILLON_SIP_WSS_PORT: portOrOff.default('off'),
  CARILLON_SIGNALLING_PROCESSES: z
    .string()
    .regex(/^(?:[1-9]|[12]\d|3[0-2])$/, 'is not a number of processes (1 to 32)')
    .transform(Number)
    .default(1),
  CARILLON_SIP_DSCP: dscp.default(24),
  CARILLON_TLS_CERTIFICATE: fileList.default([]),
  CARILLON_TLS_KEY: fileList.default([]),
  CARILLON_TLS_CLIENT_CA: z
    .string()
    .transform((file) => resolve(file))
    .optional(),
  CARILLON_TLS_CLIENT_CERTIFICATE: z
    .enum(['requested', 'required'], 'is not one of requested, required')
    .default('requested'),
  CARILLON_TLS_PEERS: tlsPeers.default(new Map()),
  CARILLON_SIP_DOMAIN: z.string().regex(HOST_NAME, 'is not a domain name').default(DEFAULT_SIP_DOMAIN),
  CARILLON_SIP_MAX_REGISTRATIONS: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'is not a number of registrations (1 to 9999999)')
    .transform(Number)
    .optional(),
  CARILLON_ADVERTISED_ADDRESS: host.optional(),
  CARILLON_ADVERTISED_ADDRESS_6: z.ipv6('is not an address of IPv6').optional(),
  CARILLON_RTP_PORTS: portRange.default({ min: 20_000, max: 20_999 }),
  CARILLON_LOG_LEVEL: z.enum(LOG_LEVELS, `is not one of ${LOG_LEVELS.join(', ')}`).default('info'),
  CARILLON_DATABASE_PORT: port.refine((value) => value > 0, 'must be above 0').optional(),
  DATABASE_URL: databaseUrl.optional(),
});

export type SettingsOutcome =
  | { readonly ok: true; readonly settings: Settings }
  /** One plain line for each thing that is wrong. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** What is link-local means nothing to others (RFC 4291 §2.5.6). */
const LINK_LOCAL = /^fe[89ab]/i;

/** The first address of this machine that others of a family can reach, for a server that listens on all of them. */
function firstOutsideAddress(family: 'IPv4' | 'IPv6'): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = addresses.find((one) => one.family === family && !one.internal && !LINK_LOCAL.test(one.address));
  return outside?.address ?? (family === 'IPv4' ? '127.0.0.1' : '::1');
}

/** Rules that need two settings at once. */
function contradictions(found: z.infer<typeof environment>): string[] {
  const { CARILLON_RTP_PORTS: rtp, CARILLON_SIP_PORT: sip, CARILLON_HTTP_PORT: http } = found;
  const problems: string[] = [];
  if (sip >= rtp.min && sip <= rtp.max) problems.push(`CARILLON_SIP_PORT=${sip} lies inside CARILLON_RTP_PORTS`);
  if (sip !== 0 && sip === http && found.CARILLON_SIP_HOST === found.CARILLON_HTTP_HOST)
    problems.push(`CARILLON_SIP_PORT and CARILLON_HTTP_PORT are both ${sip}`);
  const tls = tlsPortOf(found);
  if (tls !== undefined && tls !== 0 && tls === sip)
    problems.push(`CARILLON_SIP_TLS_PORT and CARILLON_SIP_PORT are both ${sip}`);
  if (found.CARILLON_TLS_CERTIFICATE.length !== found.CARILLON_TLS_KEY.length)
    problems.push('CARILLON_TLS_CERTIFICATE and CARILLON_TLS_KEY must name as many files, in the same order');
  return problems;
}

/** Beside the SIP port, as phones expect: 5061 for 5060. */
function tlsPortOf({
  CARILLON_SIP_TLS_PORT: tls,
  CARILLON_SIP_PORT: sip,
}: z.infer<typeof environment>): number | undefined {
  if (tls === 'off') return undefined;
  if (tls !== undefined) return tls;
  return sip === 0 || sip === 65_535 ? 0 : sip + 1;
}

function tlsSettings(found: z.infer<typeof environment>): TlsSettings {
  const { CARILLON_TLS_CLIENT_CA: authoritiesFile, CARILLON_TLS_CLIENT_CERTIFICATE: certificate } = found;
  return {
    sipPort: tlsPortOf(found),
    wssPort: found.CARILLON_SIP_WSS_PORT === 'off' ? undefined : found.CARILLON_SIP_WSS_PORT,
    certificates: found.CARILLON_TLS_CERTIFICATE.map((chainFile, index) => ({
      chainFile,
      keyFile: found.CARILLON_TLS_KEY[index] ?? '',
    })),
    clients: authoritiesFile === undefined ? undefined : { authoritiesFile, certificate },
    peers: found.CARILLON_TLS_PEERS,
  };
}

/**
 * Reads the environment. Unset and empty variables take their defaults.
 * @param env usually `process.env`
 */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): SettingsOutcome {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const outcome = environment.safeParse(given);
  const problems = outcome.success
    ? contradictions(outcome.data)
    : outcome.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        const shown = name === 'DATABASE_URL' ? name : `${name}=${given[name] ?? ''}`;
        return `${shown} ${issue.message}`;
      });
  if (!outcome.success || problems.length > 0) return { ok: false, problems };
  const found = outcome.data;
  const anyAddress = found.CARILLON_SIP_HOST === '0.0.0.0' || found.CARILLON_SIP_HOST === '::';
  return {
    ok: true,
    settings: {
      dataDir: resolve(found.CARILLON_DATA_DIR),
      http: { host: found.CARILLON_HTTP_HOST, port: found.CARILLON_HTTP_PORT },
      trustedProxies: found.CARILLON_TRUSTED_PROXIES,
      sip: { host: found.CARILLON_SIP_HOST, port: found.CARILLON_SIP_PORT },
      tls: tlsSettings(found),
      signallingProcesses: found.CARILLON_SIGNALLING_PROCESSES,
      sipDscp: found.CARILLON_SIP_DSCP,
      sipDomain: found.CARILLON_SIP_DOMAIN.toLowerCase().replace(/\.$/, ''),
      maxRegistrations: found.CARILLON_SIP_MAX_REGISTRATIONS,
      advertisedAddress:
        found.CARILLON_ADVERTISED_ADDRESS ?? (anyAddress ? firstOutsideAddress('IPv4') : found.CARILLON_SIP_HOST),
      advertisedAddress6:
        found.CARILLON_ADVERTISED_ADDRESS_6 ??
        (found.CARILLON_SIP_HOST === '::' ? firstOutsideAddress('IPv6') : undefined),
      rtpPorts: found.CARILLON_RTP_PORTS,
      logLevel: found.CARILLON_LOG_LEVEL,
      databaseUrl: found.DATABASE_URL,
      databasePort: found.CARILLON_DATABASE_PORT,
    },
  };
}

/** As `parseSettings`, for a `main.ts`. @throws {StartRefusal} `START.SETTINGS` with the whole list of what is wrong. */
export function loadSettings(env: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const outcome = parseSettings(env);
  if (outcome.ok) return outcome.settings;
  throw new StartRefusal(
    'START.SETTINGS',
    `Some settings are wrong:\n${outcome.problems.map((line) => `  - ${line}`).join('\n')}`,
  );
}
