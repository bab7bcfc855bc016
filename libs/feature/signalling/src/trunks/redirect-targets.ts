import { buildUri, parseUri, type SipResponse, type SipUri } from '@carillon/sip-message';
import { normaliseNumber } from '../routing/route-call.js';
import { sameNumber } from './number-rules.js';
import type { Trunk } from './trunk.js';

/** RFC 3261 §21.3.4, §21.3.5 */
const USE_PROXY = 305;
const ALTERNATIVE_SERVICE = 380;
/** Contacts of one answer that are looked at. */
const MOST_CONTACTS = 5;

/** Somewhere else to ask for the same number. */
export interface RedirectTarget {
  readonly uri: string;
  /** The proxy that it is asked through (305). */
  readonly route?: readonly string[];
  /** Whom the request goes to: this has to be the provider still. */
  readonly server: SipUri;
}

/** A Contact that is not followed, and why, in words. */
export interface LeftContact {
  readonly uri: string;
  readonly why: string;
}

export interface RedirectTargets {
  readonly targets: readonly RedirectTarget[];
  readonly left: readonly LeftContact[];
}

/**
 * What of a 3xx from a trunk may be followed (RFC 3261 §8.1.3.4): the number that was called, elsewhere, in the order of `q`. Number
 * portability and least-cost gateways send calls on like that, and write into the user part how to route them (RFC 4694). Another
 * number is one that nobody here has dialled, and that somebody here would pay for. Whose server it is, is for who asks to check.
 * @param asked the Request-URI that was refused so, and the number in it
 */
export function redirectTargets(
  response: SipResponse,
  trunk: Pick<Trunk, 'transport'>,
  asked: { readonly uri: string; readonly number: string },
): RedirectTargets {
  const contacts = response.contacts
    .flatMap((contact) => (contact.wildcard ? [] : [contact]))
    .sort((a, b) => b.q - a.q);
  const targets: RedirectTarget[] = [];
  const left: LeftContact[] = [];
  for (const { uri } of contacts.slice(0, MOST_CONTACTS)) {
    const found = followable(uri, { status: response.status, trunk, asked });
    if (typeof found === 'string') left.push({ uri, why: found });
    else targets.push(found);
  }
  return { targets, left };
}

/** @returns the target, or why it is none */
function followable(
  text: string,
  about: {
    readonly status: number;
    readonly trunk: Pick<Trunk, 'transport'>;
    readonly asked: { readonly uri: string; readonly number: string };
  },
): RedirectTarget | string {
  const { status, trunk, asked } = about;
  const uri = parseUri(text);
  if (status === ALTERNATIVE_SERVICE) return 'it is another service, which nobody asked for';
  if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips') return 'it is at no server of the provider';
  // RFC 5630 §5.3: none leads from `sips:` to `sip:`, or the other way.
  if (uri.scheme !== parseUri(asked.uri)?.scheme) return 'it is not as secure as the call, or more so';
  const transport = uri.parameters.get('transport')?.toLowerCase();
  if (trunk.transport === 'tls' && uri.scheme === 'sip' && (transport ?? 'tls') !== 'tls') return 'it is not over TLS';
  const server = trunk.transport === 'tls' && uri.scheme === 'sip' ? withTls(uri) : uri;
  // Headers in the URI are not taken over (§19.1.5): they could be a Route, or another caller.
  const bare: SipUri = { ...server, headers: undefined, parameters: server.parameters.without('method') };
  if (status === USE_PROXY) {
    const proxy: SipUri = { ...bare, parameters: bare.parameters.with('lr', '') };
    return { uri: asked.uri, route: [buildUri(proxy)], server };
  }
  if (uri.user === undefined || !sameNumber(normaliseNumber(uri.user), asked.number)) return 'it is another number';
  return { uri: buildUri(bare), server };
}

function withTls(uri: SipUri): SipUri {
  return { ...uri, parameters: uri.parameters.with('transport', 'tls') };
}
