import { isToken, parseDecimal } from './characters.js';
import { parseParameters } from './parameters.js';
import type { Parameters } from './parameters.js';
import { quote } from './quoted-string.js';

/** Why a request was sent (RFC 3326), e.g. `SIP;cause=200;text="Call completed elsewhere"`. */
export interface Reason {
  /** `SIP`, `Q.850` or another registered protocol. */
  readonly protocol: string;
  readonly cause?: number;
  readonly text?: string;
  /** Parameters besides these, such as `location` (RFC 8606 §4); absent when there are none. */
  readonly parameters?: Parameters;
}

/** One Reason value. @returns undefined when malformed */
export function parseReason(text: string): Reason | undefined {
  const semicolon = text.indexOf(';');
  const protocol = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const parameters = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  if (!isToken(protocol) || parameters === undefined) return undefined;
  const causeText = parameters.get('cause');
  const cause = causeText === undefined ? undefined : parseDecimal(causeText, 999);
  const words = parameters.get('text');
  const others = parameters.without('cause').without('text');
  return {
    protocol,
    ...(cause === undefined ? {} : { cause }),
    ...(words === undefined ? {} : { text: words }),
    ...(others.text === '' ? {} : { parameters: others }),
  };
}

export function buildReason(reason: Reason): string {
  const cause = reason.cause === undefined ? '' : `;cause=${reason.cause}`;
  const text = reason.text === undefined ? '' : `;text=${quote(reason.text)}`;
  return `${reason.protocol}${cause}${text}${reason.parameters?.text ?? ''}`;
}
