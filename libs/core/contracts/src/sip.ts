import { CertificateId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';
import { DEFAULT_REGISTRATION_CHOICES, RegistrationChoices } from './registration-policy.js';

/**
 * What the system is for calls between an organisation's phones: an end of both sides (b2bua), a proxy that stays in the
 * path of the signalling, or a redirect server that says where the phone is.
 */
export const SipRole = z.enum(['b2bua', 'proxy', 'redirect']);
export type SipRole = z.infer<typeof SipRole>;

/** `by-phone`: MD5 where a phone's profile wants it. `sha256-only`: answers made with MD5 are not taken (RFC 8760). */
export const DigestPolicy = z.enum(['by-phone', 'sha256-only']);
export type DigestPolicy = z.infer<typeof DigestPolicy>;

/** What a party hears that is put on hold, unless the phone that holds it plays something itself. */
export const HoldMusic = z.enum(['built-in', 'silence']);
export type HoldMusic = z.infer<typeof HoldMusic>;

/** Names of private headers (`X-…`) that go from one phone to the other, and Geolocation with the places it names (RFC 6442). */
export const PrivateHeaders = z
  .array(
    z.string().regex(/^(?:x-[a-z0-9-]{1,60}|geolocation)$/i, {
      error: 'Enter names that begin with X-, such as X-Customer-Id, or Geolocation',
    }),
  )
  .max(32, { error: 'At most 32 headers' });

/** How long a user's phones ring, in seconds. */
export const RingSeconds = z
  .number({ error: 'Enter a number of seconds' })
  .int({ error: 'Enter whole seconds' })
  .min(5, { error: 'At least 5 seconds' })
  .max(120, { error: 'At most 120 seconds' });

export const DEFAULT_SIP_SETTINGS = {
  sipRole: 'b2bua',
  ringSeconds: 25,
  followRedirects: true,
  holdMusic: 'built-in',
  privateHeaders: [] as string[],
  digest: 'by-phone',
  registration: DEFAULT_REGISTRATION_CHOICES,
} as const;

const d = DEFAULT_REGISTRATION_CHOICES;
const { shape } = RegistrationChoices;
const StoredRegistration = z
  .object({
    defaultSeconds: shape.defaultSeconds.catch(d.defaultSeconds),
    minimumSeconds: shape.minimumSeconds.catch(d.minimumSeconds),
    maximumSeconds: shape.maximumSeconds.catch(d.maximumSeconds),
    contactsPerDevice: shape.contactsPerDevice.catch(d.contactsPerDevice),
    serviceRoute: shape.serviceRoute.catch([]),
    unaskedPath: shape.unaskedPath.catch(d.unaskedPath),
    flowTimerSeconds: shape.flowTimerSeconds.catch(d.flowTimerSeconds),
    pingSeconds: shape.pingSeconds.catch(d.pingSeconds),
  })
  .catch({ ...d, serviceRoute: [] });

/** This part of an organisation's settings as it is stored; what is missing or broken is as it is by default. */
export const SipSettings = z.object({
  sipRole: SipRole.catch(DEFAULT_SIP_SETTINGS.sipRole),
  ringSeconds: RingSeconds.catch(DEFAULT_SIP_SETTINGS.ringSeconds),
  followRedirects: z.boolean().catch(DEFAULT_SIP_SETTINGS.followRedirects),
  holdMusic: HoldMusic.catch(DEFAULT_SIP_SETTINGS.holdMusic),
  privateHeaders: PrivateHeaders.catch([]),
  digest: DigestPolicy.catch(DEFAULT_SIP_SETTINGS.digest),
  registration: StoredRegistration,
});
export type SipSettings = z.infer<typeof SipSettings>;

/** A certificate that is shown to phones and browsers. */
export const ShownCertificate = z.object({
  /** Host names and addresses that it is good for. */
  names: z.array(z.string()),
  issuer: z.string(),
  /** `file`: named by the settings. `built-in`: made by this installation, phones must be told to trust it. */
  origin: z.enum(['file', 'uploaded', 'built-in']),
  /** Of an uploaded one. */
  certificateId: CertificateId.nullable(),
  validFrom: Timestamp,
  validTo: Timestamp,
  /** SHA-256 of it, in hexadecimal with colons. */
  fingerprint: z.string(),
  /** Where it and its key are read from; null for an uploaded one, and for whoever is no operator. */
  chainFile: z.string().nullable(),
  keyFile: z.string().nullable(),
  /** It and what leads to its authority, as PEM; never the key. */
  pem: z.string(),
});
export type ShownCertificate = z.infer<typeof ShownCertificate>;

/** SIP over TLS as it stands. */
export const SipTls = z.object({
  /** Null where it is switched off. */
  tlsPort: z.number().nullable(),
  /** A port for secure WebSockets of its own; null, as a rule, since browsers come by the portal's address. */
  wssPort: z.number().nullable(),
  /** The first for whoever names no host; none without TLS. */
  certificates: z.array(ShownCertificate),
  /** Why files that have changed are not used: what held before stays. */
  problem: z.string().nullable(),
});
export type SipTls = z.infer<typeof SipTls>;

export const sipEvents = {
  /** An operator has uploaded or removed certificates. */
  'sip.certificates-changed': z.object({}),
} as const;

export const sipCommands = {
  'sip.describe-tls': command(z.object({}), outcome({ tls: SipTls })),
} as const;
