import { Parameters } from '@carillon/sip-message';
import type { Binding } from '../registrar/binding.js';

/** A phone that said so when it registered: `methods="…,MESSAGE"` (RFC 3840 §10.2) or `+sip.message`. */
export function takesMessages({ contactParameters }: Pick<Binding, 'contactParameters'>): boolean {
  const parameters = new Parameters(contactParameters);
  if (parameters.has('+sip.message')) return true;
  const methods = parameters.get('methods')?.split(',') ?? [];
  return methods.some((method) => method.trim().toUpperCase() === 'MESSAGE');
}
