import { isToken } from './characters.js';
import { parseParameterised } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Content-Type (RFC 3261 §20.15), e.g. `multipart/mixed;boundary=x`. */
export interface MediaType {
  /** Lower case. */
  readonly type: string;
  /** Lower case. */
  readonly subtype: string;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed */
export function parseMediaType(text: string): MediaType | undefined {
  const split = parseParameterised(text);
  const slash = split?.value.indexOf('/') ?? -1;
  if (split === undefined || slash < 0) return undefined;
  const type = split.value.slice(0, slash).trim().toLowerCase();
  const subtype = split.value
    .slice(slash + 1)
    .trim()
    .toLowerCase();
  return isToken(type) && isToken(subtype) ? { type, subtype, parameters: split.parameters } : undefined;
}

/** The type of a Content-Type in lower case, without its parameters and the white space that may stand around its slash. */
export function bareMediaType(text: string): string {
  const semicolon = text.indexOf(';');
  const type = semicolon < 0 ? text : text.slice(0, semicolon);
  // As nearly every phone writes it.
  return type === 'application/sdp' ? type : type.replace(/\s+/g, '').toLowerCase();
}

export function buildMediaType(media: { type: string; subtype: string; parameters?: Parameters }): string {
  return `${media.type}/${media.subtype}${(media.parameters ?? Parameters.none).text}`;
}
