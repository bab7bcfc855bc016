import { DEFAULT_REGISTRATION_CHOICES, type RegistrationChoices } from '@carillon/contracts';

/** What an organisation decides about registrations. Times in seconds. */
export type RegistrationPolicy = Readonly<RegistrationChoices>;

export const DEFAULT_REGISTRATION_POLICY: RegistrationPolicy = DEFAULT_REGISTRATION_CHOICES;
