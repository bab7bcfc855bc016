import { z } from 'zod';

const wholeSeconds = (least: number, most: number) =>
  z
    .number({ error: 'Enter a number of seconds' })
    .int({ error: 'Enter whole seconds' })
    .min(least, { error: `At least ${least} seconds` })
    .max(most, { error: `At most ${most.toLocaleString('en')} seconds` });

/** What an organisation decides about registrations, each by itself. Times in seconds. */
export const RegistrationChoices = z.object({
  /** Granted where the phone asks for nothing (RFC 3261 §10.2). */
  defaultSeconds: wholeSeconds(60, 86_400),
  /** Shorter ones are refused with 423, except 0 (§10.3 item 7). */
  minimumSeconds: wholeSeconds(5, 3600),
  maximumSeconds: wholeSeconds(60, 604_800),
  /** Contacts of one device at most. */
  contactsPerDevice: z
    .number({ error: 'Enter a number' })
    .int({ error: 'Enter a whole number' })
    .min(1, { error: 'At least 1' })
    .max(50, { error: 'At most 50' }),
  /** URIs that phones are told to route what they send by (RFC 3608). */
  serviceRoute: z
    .array(
      z.string().regex(/^sips?:[^\s<>"]{1,200}$/i, { error: 'Enter SIP addresses, such as sip:edge.example.org;lr' }),
    )
    .max(8, { error: 'At most 8 addresses' }),
  /**
   * A Path that the phone has not said it knows: `refuse` gives 420, since someone between added it unasked, `accept`
   * stores it all the same (RFC 3327 §5.3 leaves it to policy).
   */
  unaskedPath: z.enum(['accept', 'refuse']),
  /** Phones with Outbound are told to keep their flow alive within this (RFC 5626 §6). */
  flowTimerSeconds: wholeSeconds(10, 3600),
  /** Between two OPTIONS to a phone whose way back only pings keep open; 0 sends none. */
  pingSeconds: wholeSeconds(0, 600),
});
export type RegistrationChoices = z.infer<typeof RegistrationChoices>;

/** The same, and that they fit together. */
export const RegistrationPolicy = RegistrationChoices.superRefine((policy, context) => {
  const { minimumSeconds, defaultSeconds, maximumSeconds } = policy;
  const say = (field: keyof RegistrationChoices, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (minimumSeconds > maximumSeconds) say('minimumSeconds', 'The shortest time is longer than the longest');
  else if (defaultSeconds < minimumSeconds || defaultSeconds > maximumSeconds)
    say('defaultSeconds', 'Must lie between the shortest and the longest time');
});

export const DEFAULT_REGISTRATION_CHOICES: RegistrationChoices = {
  defaultSeconds: 3600,
  minimumSeconds: 30,
  maximumSeconds: 3600,
  contactsPerDevice: 10,
  serviceRoute: [],
  unaskedPath: 'accept',
  flowTimerSeconds: 120,
  pingSeconds: 25,
};
