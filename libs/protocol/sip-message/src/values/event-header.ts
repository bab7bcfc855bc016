import { isToken, parseDecimal } from './characters.js';
import { Parameters, parseParameters } from './parameters.js';

/** Event (RFC 6665 §8.2.1). */
export interface EventHeader {
  /** e.g. `message-summary`. */
  readonly package: string;
  readonly id: string | undefined;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed */
export function parseEvent(text: string): EventHeader | undefined {
  const split = splitToken(text);
  return split && { package: split.token, id: split.parameters.get('id'), parameters: split.parameters };
}

export function buildEvent(event: { package: string; id?: string | undefined }): string {
  return event.id === undefined ? event.package : `${event.package};id=${event.id}`;
}

/** Subscription-State (RFC 6665 §8.2.3). */
export interface SubscriptionState {
  /** Lower case: `active`, `pending`, `terminated` or an extension. */
  readonly state: string;
  readonly expires: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfter: number | undefined;
}

/** @returns undefined when malformed */
export function parseSubscriptionState(text: string): SubscriptionState | undefined {
  const split = splitToken(text);
  if (split === undefined) return undefined;
  const seconds = (name: string): number | undefined => {
    const value = split.parameters.get(name);
    return value === undefined ? undefined : parseDecimal(value, 2 ** 32 - 1);
  };
  return {
    state: split.token.toLowerCase(),
    expires: seconds('expires'),
    reason: split.parameters.get('reason'),
    retryAfter: seconds('retry-after'),
  };
}

export function buildSubscriptionState(state: { state: string; expires?: number; reason?: string }): string {
  const expires = state.expires === undefined ? '' : `;expires=${state.expires}`;
  const reason = state.reason === undefined ? '' : `;reason=${state.reason}`;
  return `${state.state}${expires}${reason}`;
}

function splitToken(text: string): { token: string; parameters: Parameters } | undefined {
  const semicolon = text.indexOf(';');
  const token = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const parameters = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  return isToken(token) && parameters !== undefined ? { token, parameters } : undefined;
}
