import { buildExtendedValue, parseExtendedValue } from '../values/extended-value.js';
import { quote } from '../values/quoted-string.js';
import { buildDigestVariant, parseDigestVariant } from './digest-algorithm.js';
import type { DigestAlgorithm } from './digest-algorithm.js';
import type { DigestChallenge, DigestQop } from './digest-challenge.js';
import { digestResponse, digestUserhash } from './digest-response.js';
import { parseAuthentication } from './parse-challenge.js';

/** What a client sent in Authorization or Proxy-Authorization (RFC 7616 §3.4). */
export interface DigestCredentials {
  /** The user's name, also when it came as `username*`; its hash when {@link userhash} says so. */
  readonly username: string;
  /** `username` is {@link digestUserhash} of the name, in lower case. */
  readonly userhash: boolean;
  readonly realm: string;
  readonly nonce: string;
  /** As written; must name the same resource as the Request-URI. */
  readonly uri: string;
  /** Lower case. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  /** The `-sess` form of the algorithm. */
  readonly session: boolean;
  readonly qop: DigestQop | undefined;
  readonly cnonce: string | undefined;
  /** Eight hexadecimal digits, as written: some write capitals, and these are what they hash. */
  readonly nc: string | undefined;
  readonly opaque: string | undefined;
}

const NONCE_COUNT = /^[0-9A-Fa-f]{8}$/;

/** @returns undefined for other schemes, unknown algorithms or qop, missing parts, or two user names */
export function parseDigestCredentials(text: string): DigestCredentials | undefined {
  const header = parseAuthentication(text);
  if (header?.scheme !== 'digest') return undefined;
  const { parameters } = header;
  const userhash = parameters.get('userhash')?.toLowerCase() === 'true';
  const username = readUsername(parameters, userhash);
  const realm = parameters.get('realm');
  const nonce = parameters.get('nonce');
  const uri = parameters.get('uri');
  const response = parameters.get('response')?.toLowerCase();
  const variant = parseDigestVariant(parameters.get('algorithm'));
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined) return undefined;
  if (response === undefined || variant === undefined) return undefined;
  const qop = parameters.get('qop')?.toLowerCase();
  const cnonce = parameters.get('cnonce');
  const nc = parameters.get('nc');
  if (qop !== undefined && qop !== 'auth' && qop !== 'auth-int') return undefined;
  if (qop !== undefined && (cnonce === undefined || nc === undefined || !NONCE_COUNT.test(nc))) return undefined;
  if (variant.session && cnonce === undefined) return undefined;
  const opaque = parameters.get('opaque');
  return {
    username,
    userhash,
    realm,
    nonce,
    uri,
    response,
    algorithm: variant.algorithm,
    session: variant.session,
    qop,
    cnonce,
    nc,
    opaque,
  };
}

/** Both forms at once are an error, and a hash needs no extended one (RFC 7616 §3.4). */
function readUsername(parameters: ReadonlyMap<string, string>, userhash: boolean): string | undefined {
  const plain = parameters.get('username');
  const extended = parameters.get('username*');
  if (extended === undefined) return userhash ? plain?.toLowerCase() : plain;
  return plain === undefined && !userhash ? parseExtendedValue(extended) : undefined;
}

/** An Authorization or Proxy-Authorization value that answers a challenge. */
export function buildDigestCredentials(parts: {
  challenge: DigestChallenge;
  username: string;
  /** {@link digestHa1}: of name, realm and password, also for `-sess` algorithms. */
  ha1: string;
  method: string;
  uri: string;
  /** ASCII. Keep it as long as the nonce when the algorithm is a `-sess` one. */
  cnonce: string;
  /** Times this nonce was used, this time included; from 1. */
  nonceCount: number;
  /** Preferred among what is offered; default `auth`, or `auth-int` where the server insists. */
  qop?: DigestQop;
  /** Needed for `auth-int`; left out, the body is empty. */
  body?: string | Uint8Array | undefined;
}): string {
  const { challenge, ha1, method, uri, cnonce, body } = parts;
  const nc = parts.nonceCount.toString(16).padStart(8, '0');
  const qop = chooseQop(challenge, parts.qop);
  const { algorithm, nonce, session } = challenge;
  const response = digestResponse({ algorithm, ha1, nonce, method, uri, qop, cnonce, nc, session, body });
  return [
    `Digest ${userParameter(challenge, parts.username)}`,
    `realm=${quote(challenge.realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${buildDigestVariant(challenge)}`,
    ...(qop === undefined ? [] : [`qop=${qop}`]),
    ...(qop === undefined && !session ? [] : [`cnonce=${quote(cnonce)}`]),
    ...(qop === undefined ? [] : [`nc=${nc}`]),
    ...(challenge.opaque === undefined ? [] : [`opaque=${quote(challenge.opaque)}`]),
    ...(challenge.userhash ? ['userhash=true'] : []),
  ].join(', ');
}

function chooseQop(challenge: DigestChallenge, preferred: DigestQop | undefined): DigestQop | undefined {
  if (preferred === 'auth-int' && challenge.qopAuthInt) return 'auth-int';
  if (challenge.qopAuth) return 'auth';
  return challenge.qopAuthInt ? 'auth-int' : undefined;
}

function userParameter(challenge: DigestChallenge, username: string): string {
  if (challenge.userhash) return `username="${digestUserhash(challenge.algorithm, username, challenge.realm)}"`;
  // RFC 3261's quoted strings carry UTF-8, so only control characters need the extended form.
  return /[\u0000-\u001f\u007f]/.test(username)
    ? `username*=${buildExtendedValue(username)}`
    : `username=${quote(username)}`;
}
