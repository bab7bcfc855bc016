import { parseContact, type Contact, type ContactAddress, type SipRequest } from '@carillon/sip-message';

/** Parameters of a Contact that are not given back as they came: they are ours to say (RFC 3261 §10.3, RFC 5627 §5.1). */
const OURS = ['expires', 'q', 'pub-gruu', 'temp-gruu'] as const;

/** A Contact value as a binding keeps it. */
export interface KeptContact {
  readonly contactText: string;
  readonly contactUri: string;
  readonly contactParameters: string;
  readonly contactExpires: number | undefined;
}

export function keptContact(text: string, contact: ContactAddress): KeptContact {
  const parameters = OURS.reduce((rest, name) => (rest.has(name) ? rest.without(name) : rest), contact.parameters);
  return {
    contactText: text,
    contactUri: contact.uri,
    contactParameters: parameters.text,
    contactExpires: contact.expires,
  };
}

/** NUL, which a quoted string may have (RFC 3261 §25.1), with the backslash that belongs to it. */
const NUL = /\\?\0/g;

/**
 * Contact values of a REGISTER as they are kept, and parsed. No record takes a NUL: with it gone before anything is told apart by
 * its text, two bindings that differ here are two in the record as well. Malformed ones are not among `contacts`.
 */
export function readContacts(request: SipRequest): {
  readonly contactTexts: readonly string[];
  readonly contacts: readonly Contact[];
} {
  const contactTexts = request.values('Contact').map((text) => text.replace(NUL, ''));
  return { contactTexts, contacts: contactTexts.flatMap((text) => parseContact(text) ?? []) };
}

/** @returns undefined where it is none, as it was stored before whole contacts were */
export function readContact(text: string): KeptContact | undefined {
  const contact = parseContact(text);
  return contact === undefined || contact.wildcard ? undefined : keptContact(text, contact);
}
