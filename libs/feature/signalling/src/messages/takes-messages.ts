import { Parameters } from '@carillon/sip-message';
import type { Binding } from '../registrar/binding.js';

/** By what it said when it registered. `unknown`: it said nothing of it. */
export type MessageAbility = 'yes' | 'no' | 'unknown';

/**
 * Whether a phone takes messages: by its Contact, `methods="…,MESSAGE"` (RFC 3840 §10.2) or `+sip.message`, else by its
 * Allow, which names all that it takes (RFC 3261 §20.5). Pure.
 */
export function takesMessages({
  contactParameters,
  allow,
}: Pick<Binding, 'contactParameters' | 'allow'>): MessageAbility {
  const parameters = new Parameters(contactParameters);
  if (parameters.has('+sip.message')) return 'yes';
  const methods = parameters.get('methods') ?? allow;
  if (methods === null) return 'unknown';
  return methods.split(',').some((method) => method.trim().toUpperCase() === 'MESSAGE') ? 'yes' : 'no';
}
