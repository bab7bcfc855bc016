import { buildQ, quote } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { Binding } from './binding.js';
import { publicGruu, type GruuSeal } from './gruu.js';
import type { Extensions } from './register-extensions.js';
import type { RegistrationPolicy } from './registration-policy.js';

/** What the request said of flows that counts (RFC 5626 §6): nothing, one of an edge proxy's, or one straight with us. */
export type AnsweredFlow = 'none' | 'by-edge' | 'direct';

export interface AnswerFacts {
  /** All that the device has now. */
  readonly bindings: readonly Binding[];
  /** Of To: what GRUUs are made of. */
  readonly address: { readonly user: string | undefined; readonly host: string };
  readonly extensions: Extensions;
  readonly policy: RegistrationPolicy;
  readonly seal: () => GruuSeal;
  /** Path values of the request. */
  readonly path: readonly string[];
  readonly flow: AnsweredFlow;
  readonly now: number;
  readonly date: string;
}

/** The option tags that we understand in a REGISTER; RFC 5627 §5.2 does not want `gruu` among them. */
const SUPPORTED = 'path, outbound';

/** Headers of a 200 (RFC 3261 §10.3 item 8): all present contacts, and what the extensions add. */
export function registerAnswer(facts: AnswerFacts): HeaderFields {
  const { bindings, extensions, policy, path } = facts;
  const headers: Record<string, string | readonly string[]> = { Date: facts.date, Supported: SUPPORTED };
  headers['Contact'] =
    bindings.length === 1 ? contactValue(facts, bindings[0]) : bindings.map((one) => contactValue(facts, one));
  // RFC 3327 §5.3: the phone learns who stands between.
  if (path.length > 0 && extensions.path) headers['Path'] = path;
  if (policy.serviceRoute.length > 0) headers['Service-Route'] = policy.serviceRoute.map((uri) => `<${uri}>`);
  // RFC 5626 §6: never for a contact without reg-id, whatever flows there are beside it.
  if (extensions.outbound && facts.flow !== 'none') {
    headers['Require'] = 'outbound';
    if (facts.flow === 'direct') headers['Flow-Timer'] = String(policy.flowTimerSeconds);
  }
  return headers;
}

function contactValue(facts: AnswerFacts, binding: Binding | undefined): string {
  if (binding === undefined) return '';
  const { contactUri, contactParameters, q, expiresAt } = binding;
  // A second at least: 0 would say that it is gone.
  const seconds = Math.max(1, Math.round((expiresAt - facts.now) / 1000));
  const priority = q === 1 ? '' : `;q=${buildQ(q)}`;
  const gruus = facts.extensions.gruu ? gruuParameters(facts, binding) : '';
  return `<${contactUri}>${contactParameters};expires=${seconds}${priority}${gruus}`;
}

/** RFC 5627 §5.2; RFC 5630 §5.2.1: a GRUU has the scheme of its contact. */
function gruuParameters({ address, seal }: AnswerFacts, { instance, gruuId, contactUri }: Binding): string {
  const { user, host } = address;
  if (instance === null || user === undefined) return '';
  const scheme = /^sips:/i.test(contactUri) ? 'sips' : 'sip';
  const temporary = gruuId === null ? '' : `;temp-gruu=${quote(seal().temporaryGruu({ scheme, host }, gruuId))}`;
  return `;pub-gruu=${quote(publicGruu({ scheme, user, host }, instance))}${temporary}`;
}
