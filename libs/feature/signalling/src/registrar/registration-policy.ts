import { z } from 'zod';

/** What an organisation decides about registrations. Times in seconds. */
export interface RegistrationPolicy {
  /** Granted where the phone asks for nothing (RFC 3261 §10.2). */
  readonly defaultSeconds: number;
  /** Shorter ones are refused with 423, except 0 (§10.3 item 7). */
  readonly minimumSeconds: number;
  readonly maximumSeconds: number;
  /** Contacts of one device at most. */
  readonly contactsPerDevice: number;
  /** URIs that phones are told to route what they send by (RFC 3608). */
  readonly serviceRoute: readonly string[];
  /**
   * A Path that the phone has not said it knows: `refuse` gives 420, since someone between added it unasked, `accept`
   * stores it all the same (RFC 3327 §5.3 leaves it to policy).
   */
  readonly unaskedPath: 'accept' | 'refuse';
  /** Phones with Outbound are told to keep their flow alive within this (RFC 5626 §6). */
  readonly flowTimerSeconds: number;
  /** Between two OPTIONS to a phone whose way back only pings keep open; 0 sends none. */
  readonly pingSeconds: number;
}

export const DEFAULT_REGISTRATION_POLICY: RegistrationPolicy = {
  defaultSeconds: 3600,
  minimumSeconds: 30,
  maximumSeconds: 3600,
  contactsPerDevice: 10,
  serviceRoute: [],
  unaskedPath: 'accept',
  flowTimerSeconds: 120,
  pingSeconds: 25,
};

const wholeSeconds = (least: number, most: number) => z.number().int().min(least).max(most);
const sipUris = z.array(z.string().regex(/^sips?:[^\s<>"]{1,200}$/i)).max(8);

/** `registration` in an organisation's settings: what is missing or wrong is as by default. */
export const RegistrationSettings = z
  .object({
    defaultSeconds: wholeSeconds(60, 86_400).catch(DEFAULT_REGISTRATION_POLICY.defaultSeconds),
    minimumSeconds: wholeSeconds(5, 3600).catch(DEFAULT_REGISTRATION_POLICY.minimumSeconds),
    maximumSeconds: wholeSeconds(60, 604_800).catch(DEFAULT_REGISTRATION_POLICY.maximumSeconds),
    contactsPerDevice: z.number().int().min(1).max(50).catch(DEFAULT_REGISTRATION_POLICY.contactsPerDevice),
    serviceRoute: sipUris.catch([]),
    unaskedPath: z.enum(['accept', 'refuse']).catch(DEFAULT_REGISTRATION_POLICY.unaskedPath),
    flowTimerSeconds: wholeSeconds(10, 3600).catch(DEFAULT_REGISTRATION_POLICY.flowTimerSeconds),
    pingSeconds: wholeSeconds(0, 600).catch(DEFAULT_REGISTRATION_POLICY.pingSeconds),
  })
  .catch({ ...DEFAULT_REGISTRATION_POLICY, serviceRoute: [] });
