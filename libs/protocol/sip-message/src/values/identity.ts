import { parseParameterised } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Identity: a signed PASSporT (RFC 8224 §4). Its signature is not checked here. */
export interface Identity {
  /** `header.payload.signature` in base64url; header and payload are empty in the compact form (RFC 8225 §7). */
  readonly token: string;
  readonly compact: boolean;
  /** Where the certificate is, without angle brackets. */
  readonly info: string;
  readonly algorithm: string | undefined;
  /** The PASSporT's extension, e.g. `shaken` (RFC 8588) or `div` (RFC 8946). */
  readonly extension: string | undefined;
  readonly parameters: Parameters;
}

const TOKEN = /^([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]+)$/;

/** @returns undefined when malformed, or without the info that RFC 8224 §4 demands */
export function parseIdentity(text: string): Identity | undefined {
  const split = parseParameterised(text);
  const match = TOKEN.exec(split?.value ?? '');
  const info = /^<([^<>\s]+)>$/.exec(split?.parameters.get('info') ?? '')?.[1];
  if (split === undefined || match === null || info === undefined) return undefined;
  const compact = match[1] === '' && match[2] === '';
  if (!compact && (match[1] === '' || match[2] === '')) return undefined;
  const { parameters, value: token } = split;
  return { token, compact, info, algorithm: parameters.get('alg'), extension: parameters.get('ppt'), parameters };
}

export function buildIdentity(parts: {
  token: string;
  info: string;
  algorithm?: string | undefined;
  extension?: string | undefined;
  parameters?: Parameters;
}): string {
  let parameters = (parts.parameters ?? Parameters.none).withWritten(`info=<${parts.info}>`);
  if (parts.algorithm !== undefined) parameters = parameters.with('alg', parts.algorithm);
  if (parts.extension !== undefined && !parameters.has('ppt'))
    parameters = parameters.withQuoted('ppt', parts.extension);
  return `${parts.token}${parameters.text}`;
}
